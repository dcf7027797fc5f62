// SPDX-License-Identifier: MIT
// Content-Formats of the IANA registry (RFC 7252 §12.3) that Katydid speaks.

/** text/plain; charset=utf-8 */
export const TEXT = 0;
export const LINK_FORMAT = 40;
export const OCTET_STREAM = 42;
// biome-ignore lint/suspicious/noShadowRestrictedNames: it is read as Format.JSON
export const JSON = 50;
/** application/concise-problem-details+cbor (RFC 9290) */
export const PROBLEM_DETAILS = 257;
