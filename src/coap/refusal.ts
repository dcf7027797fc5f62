// SPDX-License-Identifier: MIT
import { refusedAccess } from "./access.ts";
import * as Code from "./code.ts";
import { sensible } from "./conditions.ts";
import type { Asked } from "./request.ts";
import type { Resource } from "./resource.ts";

/** The code that refuses a request before its handler runs, or 0. */
export function refusalOf(request: Asked, resource: Resource | undefined): number {
	if (request.refusal !== 0) return request.refusal;
	const code = request.code;
	if (resource === undefined) return code > Code.IPATCH ? Code.METHOD_NOT_ALLOWED : Code.NOT_FOUND; // §5.8
	if (!resource.allows(code)) return Code.METHOD_NOT_ALLOWED;
	const { access } = resource.options;
	const refusal = access === undefined ? 0 : refusedAccess(access, code, request.subject);
	return refusal !== 0 || request.plain ? refusal : refusalOfOptions(request, resource);
}

function refusalOfOptions(request: Asked, resource: Resource): number {
	const { code, accept, contentFormat, query } = request;
	if (resource.observable && query.length > 0 && !sensible(query)) return Code.BAD_REQUEST;
	if (code === Code.GET) return accepted(accept, resource.options.ct) ? 0 : Code.NOT_ACCEPTABLE; // §5.10.4
	const accepts = resource.options.accepts ?? resource.options.ct;
	return accepted(contentFormat, accepts) ? 0 : Code.UNSUPPORTED_CONTENT_FORMAT; // §5.10.3
}

function accepted(format: number | undefined, formats: readonly number[] | undefined): boolean {
	return format === undefined || formats === undefined || formats.includes(format);
}
