"""Reads the arguments of every process, over and over. Its input is two lines: what nobody may see, and a sign by which a
launch on its way is known; at its end it says how many processes were seen with each."""
import os
import sys
import threading


def main():
    secret, sign = (sys.stdin.readline().strip().encode() for _ in range(2))
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    secrets, signs = set(), set()
    print("watching", flush=True)
    while not over.is_set():
        for pid in os.listdir("/proc"):
            if pid.isdigit():
                try:
                    with open("/proc/" + pid + "/cmdline", "rb") as file:
                        words = file.read()
                except OSError:
                    continue
                if secret in words:
                    secrets.add(pid)
                if sign in words:
                    signs.add(pid)
    print("seen", len(secrets), "signs", len(signs), flush=True)


main()
