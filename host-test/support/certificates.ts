// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its private key, as PEM text and as files. */
export interface Identity {
	readonly certificate: string;
	readonly key: string;
	readonly certificateFile: string;
	readonly keyFile: string;
}

/** What a certificate says, besides its name. */
export interface CertificateOptions {
	/** Such as `DNS:broker.local` and `IP:127.0.0.1`; the certificate of a server then. */
	names?: string[];
	/** It ended in 2021. */
	expired?: boolean;
	/** RSA of 2,048 bits, or the curve P-256, which is much faster to make and the default. */
	algorithm?: "RSA" | "EC";
}

/** A certificate authority with a folder of its own, made by the openssl command. */
export class Authority {
	readonly identity: Identity;
	private readonly folder = mkdtempSync(join(tmpdir(), "katydid-authority-"));
	private count = 0;

	constructor(name: string) {
		writeFileSync(this.path("index.txt"), "");
		writeFileSync(
			this.path("ca.conf"),
			[
				"[ca]",
				"default_ca = authority",
				"[authority]",
				`database = ${this.path("index.txt")}`,
				`new_certs_dir = ${this.folder}`,
				"rand_serial = yes",
				"default_md = sha256",
				"policy = any",
				"unique_subject = no",
				"[any]",
				"commonName = supplied",
				"[req]",
				"distinguished_name = name",
				"[name]",
			].join("\n"),
		);
		const identity = this.files("authority");
		this.makeKey(identity, "EC");
		const extension = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign"];
		const request = ["-x509", "-key", identity.keyFile, "-out", identity.certificateFile, "-subj", `/CN=${name}`];
		openssl("req", "-new", "-config", this.path("ca.conf"), "-days", "30", ...extension, ...request);
		this.identity = this.read(identity);
	}

	/** A certificate that this authority signs for `name`, its Common Name. */
	issue(name: string, options: CertificateOptions = {}): Identity {
		const identity = this.files(`leaf-${this.count++}`);
		this.makeKey(identity, options.algorithm ?? "EC");
		const request = `${identity.certificateFile}.csr`;
		const configuration = ["-config", this.path("ca.conf")];
		openssl("req", "-new", ...configuration, "-key", identity.keyFile, "-subj", `/CN=${name}`, "-out", request);
		const extensions = `${identity.certificateFile}.ext`;
		const usage = options.names ? "serverAuth" : "clientAuth";
		const lines = ["basicConstraints=CA:FALSE", "authorityKeyIdentifier=keyid", `extendedKeyUsage=${usage}`];
		if (options.names) lines.push(`subjectAltName=${options.names.join(",")}`);
		writeFileSync(extensions, `${lines.join("\n")}\n`);
		const validity = options.expired
			? ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
			: ["-days", "30"];
		const signer = ["-cert", this.identity.certificateFile, "-keyfile", this.identity.keyFile];
		const files = ["-in", request, "-extfile", extensions, "-out", identity.certificateFile];
		openssl("ca", "-batch", "-notext", ...configuration, ...signer, ...validity, ...files);
		return this.read(identity);
	}

	/** Deletes its files. */
	remove(): void {
		rmSync(this.folder, { recursive: true });
	}

	private path(name: string): string {
		return join(this.folder, name);
	}

	private files(name: string): Pick<Identity, "certificateFile" | "keyFile"> {
		return { certificateFile: this.path(`${name}.pem`), keyFile: this.path(`${name}.key`) };
	}

	private makeKey({ keyFile }: Pick<Identity, "keyFile">, algorithm: "RSA" | "EC"): void {
		const kind = algorithm === "RSA" ? "rsa_keygen_bits:2048" : "ec_paramgen_curve:P-256";
		openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", kind, "-out", keyFile);
	}

	private read(files: Pick<Identity, "certificateFile" | "keyFile">): Identity {
		return {
			...files,
			certificate: readFileSync(files.certificateFile, "utf8"),
			key: readFileSync(files.keyFile, "utf8"),
		};
	}
}

/** The bytes that PEM text has inside, of its first part. */
export function derOf(pem: string): Uint8Array {
	return new Uint8Array(Buffer.from(/-----BEGIN [^-]+-----([^-]+)-----END/.exec(pem)![1]!, "base64"));
}

function openssl(...parameters: string[]): void {
	try {
		execFileSync("openssl", parameters, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
	} catch (error) {
		const { code, stderr } = error as { code?: string; stderr?: string };
		if (code === "ENOENT") throw new Error("openssl is not installed: node host-test/install.js installs it");
		throw new Error(`openssl ${parameters[0]}: ${stderr}`);
	}
}
