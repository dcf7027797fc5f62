// SPDX-License-Identifier: MIT
// Asks a CoAP server on loopback for /time, with a number of requests under way at once, and prints how many a second were answered and how long
// half of them and all but one in a hundred took, in microseconds: load PORT REQUESTS WINDOW
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double microseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int compare(const void* a, const void* b)
{
	double difference = *(const double*)a - *(const double*)b;
	return (difference > 0) - (difference < 0);
}

static void fail(const char* what)
{
	fprintf(stderr, "load: %s\n", what);
	exit(1);
}

int main(int argc, char* argv[])
{
	if (argc != 4)
		fail("expected PORT REQUESTS WINDOW");
	int requests = atoi(argv[2]);
	int window = atoi(argv[3]);
	// A Message ID serves once.
	if (requests < 1 || requests > 65536)
		fail("expected 1 to 65536 requests");
	double* sent = calloc(requests, sizeof(double));
	double* took = calloc(requests, sizeof(double));
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])) };
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	struct timeval patience = { .tv_sec = 2 };
	setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(udp, (struct sockaddr*)&server, sizeof(server)) != 0)
		fail("no socket");

	// CON GET, a token of four bytes, Uri-Path "time".
	unsigned char request[] = { 0x44, 1, 0, 0, 0xc0, 0xff, 0xee, 0, 0xb4, 't', 'i', 'm', 'e' };
	unsigned char reply[2048];
	int next = 0;
	double start = microseconds();
	for (int answered = 0; answered < requests; answered++) {
		for (; next < requests && next - answered < window; next++) {
			request[2] = next >> 8;
			request[3] = next;
			sent[next] = microseconds();
			if (send(udp, request, sizeof(request), 0) < 0)
				fail("cannot send");
		}
		if (recv(udp, reply, sizeof(reply), 0) < 8)
			fail("no answer");
		int messageId = reply[2] << 8 | reply[3];
		if (messageId >= next || took[messageId] != 0 || memcmp(reply + 4, request + 4, 4) != 0)
			fail("not an answer");
		took[messageId] = microseconds() - sent[messageId];
	}
	double elapsed = microseconds() - start;
	qsort(took, requests, sizeof(double), compare);
	printf("[%.0f,%.0f,%.0f]\n", requests / elapsed * 1e6, took[requests / 2], took[requests / 100 * 99]);
	return 0;
}
