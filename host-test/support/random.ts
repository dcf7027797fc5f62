// SPDX-License-Identifier: MIT
export { seeded } from "../../host/random.ts";
