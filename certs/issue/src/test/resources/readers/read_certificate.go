// Reads certificates with Go's standard library and prints what they say, a line each.
// Usage: go run read_certificate.go LEAF.der AUTHORITY.der UNIX_SECONDS
package main

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"time"
)

type execution struct {
	Version     int
	OwnerID     []byte
	AgentID     []byte
	ExecutionID []byte
	Kind        asn1.Enumerated
	Code        asn1.Enumerated
	Isolation   asn1.Enumerated
	Depth       int
	Attestation []byte
	Parent      []byte `asn1:"optional,tag:0"`
	Workflow    []byte `asn1:"optional,tag:1"`
	Task        []byte `asn1:"optional,tag:2"`
	Delegator   []byte `asn1:"optional,tag:3"`
	Grant       []byte `asn1:"optional,tag:4"`
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(path string) *x509.Certificate {
	der, err := os.ReadFile(path)
	check(err)
	certificate, err := x509.ParseCertificate(der)
	check(err)
	return certificate
}

func show(name string, value []byte) {
	if value != nil {
		fmt.Printf("%s=%s\n", name, hex.EncodeToString(value))
	}
}

func main() {
	leaf, authority := read(os.Args[1]), read(os.Args[2])
	seconds, err := strconv.ParseInt(os.Args[3], 10, 64)
	check(err)
	fmt.Printf("subject=%s\n", leaf.Subject)
	fmt.Printf("serial=%x\n", leaf.SerialNumber)
	for _, uri := range leaf.URIs {
		fmt.Printf("uri=%s\n", uri)
	}
	for _, name := range leaf.DNSNames {
		fmt.Printf("dns=%s\n", name)
	}
	fmt.Printf("ca=%t\n", leaf.IsCA)
	fmt.Printf("key_usage=%d\n", leaf.KeyUsage)
	fmt.Printf("purposes=%d\n", leaf.ExtKeyUsage)
	fmt.Printf("unhandled_critical=%d\n", len(leaf.UnhandledCriticalExtensions))
	for _, extension := range leaf.Extensions {
		if extension.Id.String() != "1.3.6.1.4.1.32473.1" {
			continue
		}
		var e execution
		rest, err := asn1.Unmarshal(extension.Value, &e)
		check(err)
		fmt.Printf("execution_critical=%t\nexecution_rest=%d\n", extension.Critical, len(rest))
		fmt.Printf("version=%d\nkind=%d\ncode=%d\nisolation=%d\ndepth=%d\n", e.Version, e.Kind, e.Code, e.Isolation, e.Depth)
		show("owner_id", e.OwnerID)
		show("agent_id", e.AgentID)
		show("execution_id", e.ExecutionID)
		show("attestation", e.Attestation)
		show("parent", e.Parent)
		show("workflow", e.Workflow)
		show("task", e.Task)
		show("delegator", e.Delegator)
		show("grant", e.Grant)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	_, err = leaf.Verify(x509.VerifyOptions{
		Roots:       roots,
		CurrentTime: time.Unix(seconds, 0),
		KeyUsages:   []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
	fmt.Printf("verified=%t\n", err == nil)
}
