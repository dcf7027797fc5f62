// SPDX-License-Identifier: MIT

/** Whether `text` may be published to: not empty, no wildcard, no U+0000 (§4.7). */
export function isTopicName(text: string): boolean {
	return text !== "" && !text.includes("+") && !text.includes("#") && !text.includes("\0");
}

/** Whether `text` may be subscribed to: `+` is a whole level, `#` the whole last one [MQTT-4.7.1-1] [MQTT-4.7.1-2]. */
export function isTopicFilter(text: string): boolean {
	if (text === "" || text.includes("\0")) return false;
	if (!text.includes("+") && !text.includes("#")) return true;
	const levels = text.split("/");
	for (let i = 0; i < levels.length; i++) {
		const level = levels[i]!;
		if (level === "+" || (level === "#" && i === levels.length - 1)) continue;
		if (level.includes("+") || level.includes("#")) return false;
	}
	return true;
}

/** Whether `topicFilter` asks for a Shared Subscription (5.0 §4.8.2). */
export function isShared(topicFilter: string): boolean {
	return topicFilter.startsWith("$share/");
}

/** Whether `text` may be subscribed to in 5.0: a topic filter, or `$share/{ShareName}/{filter}` [MQTT-4.8.2-1] [MQTT-4.8.2-2]. */
export function isSharedOrTopicFilter(text: string): boolean {
	if (!isTopicFilter(text)) return false;
	if (!isShared(text)) return true;
	const end = text.indexOf("/", 7);
	return end > 7 && isTopicName(text.slice(7, end)) && isTopicFilter(text.slice(end + 1));
}

/** Whether a message to `topicName` comes for `topicFilter`, which may be shared; one that begins with $ matches no wildcard there [MQTT-4.7.2-1]. */
export function topicMatches(topicFilter: string, topicName: string): boolean {
	if (isShared(topicFilter)) return topicMatches(topicFilter.slice(topicFilter.indexOf("/", 7) + 1), topicName);
	if (topicFilter === topicName) return true;
	if (topicName.startsWith("$") && /^[+#]/.test(topicFilter)) return false;
	const filter = topicFilter.split("/");
	const name = topicName.split("/");
	for (let i = 0; i < filter.length; i++) {
		if (filter[i] === "#") return true;
		if (i >= name.length || (filter[i] !== "+" && filter[i] !== name[i])) return false;
	}
	return filter.length === name.length;
}
