// SPDX-License-Identifier: MIT
export type { DatagramMachine, Endpoint, Machine, StreamMachine, StreamTarget } from "./machine.ts";
