// SPDX-License-Identifier: MIT
export { FileStore, type FileStoreOptions } from "./file-store.ts";
