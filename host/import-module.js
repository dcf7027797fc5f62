// SPDX-License-Identifier: MIT

/**
 * Imports a module whose name is known at run time alone. It is JavaScript because TypeScript 6 wraps such a call in a helper
 * (rewriteRelativeImportExtensions) that @rollup/plugin-typescript does not bring along.
 * @param {URL} url
 * @returns {Promise<any>}
 */
export const importModule = (url) => import(url.href);
