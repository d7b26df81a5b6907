# What agent.sh reads in.
greet() {
  echo "started $$ books the invoices"
}

# A command that the shell starts is a process of its own, with an identity of its own, or none.
work() {
  case $1 in
    'ask '*) "${1#ask }" ;;
    *) echo "did $1" ;;
  esac
}
