#!/usr/bin/python3
"""Stands in for macOS's /usr/bin/security, with the rules that bite.

Beside it: "items" (JSON, [account, service, hex]), "mode" (open, locked, unauthorized, hanging,
forgetful) and "record" (one JSON object a run: argv, stdin).

From Apple's sources: lines of "-i" are read into 4,096 bytes, what is left is another line; a run
of "-i" ends like its last command; exit codes are the lowest byte of an OSStatus.
"""
import getopt
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(sys.argv[0]))
LINE_BUFFER = 4096
PROMPTED = 128
DUPLICATE, NOT_FOUND, LOCKED, UNAUTHORIZED = 45, 44, 36, 51


def mode():
    with open(os.path.join(HERE, "mode")) as file:
        return file.read().strip()


def load():
    with open(os.path.join(HERE, "items")) as file:
        return [tuple(item) for item in json.load(file)]


def save(items):
    with open(os.path.join(HERE, "items"), "w") as file:
        json.dump(items, file)


def say(text):
    sys.stderr.write("security: " + text + "\n")


def refused():
    if mode() == "locked":
        say("SecKeychainItemCreateFromContent: User interaction is not allowed.")
        return LOCKED
    if mode() == "unauthorized":
        say("The user name or passphrase you entered is not correct.")
        return UNAUTHORIZED
    return 0


def add(args):
    options, rest = getopt.getopt(args, "a:c:C:D:G:j:l:s:p:w:X:AT:U")
    given = dict(options)
    if "-a" not in given and "-s" not in given:
        return 2
    if rest:
        say("no such keychain: " + rest[0])
        return 50
    if refused():
        return refused()
    value = given["-X"] if "-X" in given else given["-w"].encode().hex()
    bytes.fromhex(value)
    if mode() == "forgetful":
        return 0
    items = load()
    for at, (account, service, _) in enumerate(items):
        if service == given.get("-s", "") and account == given.get("-a", ""):
            if "-U" not in given:
                say("The specified item already exists in the keychain.")
                return DUPLICATE
            items[at] = (account, service, value)
            break
    else:
        items.append((given.get("-a", ""), given.get("-s", ""), value))
    save(items)
    return 0


def matching(given):
    for item in load():
        if given.get("-a", item[0]) == item[0] and given.get("-s", item[1]) == item[1]:
            return item
    say("SecKeychainSearchCopyNext: The specified item could not be found in the keychain.")
    return None


def find(args):
    options, _ = getopt.getopt(args, "a:c:C:D:G:j:l:s:gw")
    given = dict(options)
    item = matching(given)
    if item is None:
        return NOT_FOUND
    if "-w" in given:
        if refused():
            return refused()
        value = bytes.fromhex(item[2])
        printable = all(0x20 <= byte <= 0x7E for byte in value)
        sys.stdout.write(value.decode() + "\n" if printable else value.hex() + "\n")
    else:
        sys.stdout.write('    "acct"<blob>="%s"\n    "svce"<blob>="%s"\n' % item[:2])
    return 0


def delete(args):
    options, _ = getopt.getopt(args, "a:c:C:D:G:j:l:s:")
    item = matching(dict(options))
    if item is None:
        return NOT_FOUND
    if refused():
        return refused()
    save([other for other in load() if other != item])
    sys.stdout.write("password has been deleted.\n")
    return 0


COMMANDS = {
    "add-generic-password": add,
    "find-generic-password": find,
    "delete-generic-password": delete,
}


def execute(words):
    if not words:
        return 0
    command = COMMANDS.get(words[0])
    if command is None:
        say('unknown command "%s"' % words[0])
        return 1
    try:
        return command(words[1:])
    except (getopt.GetoptError, ValueError, KeyError):
        return 2


def split(line):
    """As security.c splits: quotes of both kinds, a backslash in and outside them."""
    words, word, quote, escaped = [], None, "", False
    for char in line:
        if escaped:
            word, escaped = word + char, False
        elif char == "\\" and word is not None:
            escaped = True
        elif quote and char == quote:
            words, word, quote = words + [word], None, ""
        elif quote:
            word += char
        elif word is None and char in "\"'":
            word, quote = "", char
        elif char.isspace():
            words, word = (words if word is None else words + [word]), None
        elif word is None and char == "\\":
            word, escaped = "", True
        else:
            word = (word or "") + char
    return words if word is None else words + [word]


def lines(text):
    while text:
        end = text.find("\n")
        end = len(text) if end < 0 else end + 1
        end = min(end, LINE_BUFFER - 1)
        yield text[:end].rstrip("\n")
        text = text[end:]


def main():
    interactive = sys.argv[1:] == ["-i"]
    stdin = sys.stdin.read()
    with open(os.path.join(HERE, "record"), "a") as file:
        file.write(json.dumps({"argv": sys.argv[1:], "stdin": stdin}) + "\n")
    if mode() == "hanging":
        time.sleep(600)
    result = 0
    if interactive:
        for line in lines(stdin):
            result = execute(split(line))
            if result:
                sys.stderr.write("%s: returned %d\n" % (split(line)[0], result))
    else:
        result = execute(sys.argv[1:])
    return result


sys.exit(main())
