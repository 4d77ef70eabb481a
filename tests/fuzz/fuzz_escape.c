/* SPDX-License-Identifier: MIT */
/* Text of others, for people and for JSON: what is printed is UTF-8 without
 * control characters, and JSON that says the text again. */
#include "fuzz.h"

#include "shim/base/text.h"
#include "tools/dsig/escape.h"

static void check_plain(const char *s, const char *shown, unsigned counted, unsigned written)
{
	unsigned characters = 0;

	MUST(counted == written);
	for (; *shown != '\0'; characters++) {
		size_t len = fuzz_utf8(shown);

		MUST(len > 0 && (unsigned char)*shown >= 0x20 && *shown != 0x7F);
		MUST(*shown != '\xC2' || (unsigned char)shown[1] >= 0xA0);
		shown += len;
	}
	MUST(characters == written && characters <= strlen(s));
}

/* The text of one character of a JSON string in out; its length in *used. */
static size_t json_character(const char *s, size_t *used, char out[8])
{
	unsigned code;

	*used = fuzz_utf8(s);
	MUST(*used > 0 && (unsigned char)*s >= 0x20 && *s != '"');
	memcpy(out, s, *used);
	if (*s != '\\')
		return *used;
	*used = 2;
	out[0] = s[1];
	if (s[1] == '"' || s[1] == '\\')
		return 1;
	MUST(s[1] == 'u' && strspn(s + 2, "0123456789abcdef") >= 4);
	MUST(sscanf(s + 2, "%4x", &code) == 1);
	*used = 6;
	if (code == 0xFFFD)
		return 0;
	MUST(code < 0x80);
	out[0] = (char)code;
	return 1;
}

static void check_json(const char *s, const char *json)
{
	MUST(*json++ == '"');
	while (*json != '"') {
		char out[8] = "";
		size_t used, len = json_character(json, &used, out);

		if (len == 0) {
			MUST(fuzz_utf8(s) == 0);
			len = 1;
		} else {
			MUST(strncmp(s, out, len) == 0);
		}
		s += len;
		json += used;
	}
	MUST(*s == '\0' && json[1] == '\0');
}

/* In place, it is the same for a text; and of any bytes nothing is left that
 * drives a terminal, wherever a block of them ends. */
static void check_tame(const uint8_t *data, size_t size, const char *text, const char *plain)
{
	char *copy = strdup(text), *block = malloc(size + 1);
	size_t len;

	MUST(copy != NULL && block != NULL);
	len = text_tame(copy, strlen(copy), "");
	MUST(len == strlen(plain) && memcmp(copy, plain, len) == 0);
	memcpy(block, data, size);
	block[size] = '\0';
	len = escape_whole(block, size);
	MUST(len <= size && size - len < 4 && (len > 0 || size == 0));
	len = text_tame(block, len, "\n");
	MUST(block[len] == '\0' && strlen(block) == len);
	for (const char *c = block; *c != '\0'; c += fuzz_utf8(c))
		MUST(fuzz_utf8(c) > 0 && ((unsigned char)*c >= 0x20 || *c == '\n') && *c != 0x7F &&
		     (*c != '\xC2' || (unsigned char)c[1] >= 0xA0));
	free(block);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *plain = NULL, *json = NULL;
	size_t plain_size, json_size;
	FILE *to = open_memstream(&plain, &plain_size);
	unsigned written = escape_plain(to, text);

	MUST(fclose(to) == 0 && plain != NULL);
	check_plain(text, plain, escape_plain(NULL, text), written);
	check_tame(data, size, text, plain);
	to = open_memstream(&json, &json_size);
	escape_json(to, text);
	MUST(fclose(to) == 0 && json != NULL);
	check_json(text, json);
	free(json);
	free(plain);
	free(text);
	return 0;
}
