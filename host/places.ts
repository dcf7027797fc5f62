// SPDX-License-Identifier: MIT

/** Katydid's own folder: this file is in host/, and built it is in dist/. */
export const katydidFolder = new URL("../", import.meta.url);

/** The boards that come with it. */
export const boardsOfKatydid = new URL("boards/", katydidFolder);
