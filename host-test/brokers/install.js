// SPDX-License-Identifier: MIT
// Installs the brokers of `npm run test:brokers` that are not there, from Debian.
import { existsSync } from "node:fs";
import { has, installPackages } from "../debian.js";

const packages = {
	mosquitto: () => has("mosquitto"),
	"rabbitmq-server": () => existsSync("/usr/lib/rabbitmq/bin/rabbitmq-server"),
	ejabberd: () => has("ejabberdctl"),
};

installPackages(packages, Object.keys(packages));
