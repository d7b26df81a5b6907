# What agent.sh reads in.
greet() {
  echo "started $$ books the invoices"
}

work() {
  echo "did $1"
}
