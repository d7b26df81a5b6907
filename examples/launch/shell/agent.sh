#!/bin/sh
# An agent as a shell script, with a file of its own that it reads in. It says what it is for, and waits for orders.
case $0 in
  */*) . "${0%/*}/lib.sh" ;;
  *) . ./lib.sh ;;
esac
greet
while read -r order; do
  work "$order"
done
