// Reads certificates (DER files) as a stranger in Go would, and prints what their execution extension says.
package main

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// The standard library calls it "optional,tag:n"; order and names as in docs/spec/execution-extension.md.
type facts struct {
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

var oid = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1}

func id(raw []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

func main() {
	for _, file := range os.Args[1:] {
		der, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			panic(file + ": " + err.Error())
		}
		fmt.Printf("uri=%s ", certificate.URIs[0])
		for _, extension := range certificate.Extensions {
			if !extension.Id.Equal(oid) {
				continue
			}
			var f facts
			rest, err := asn1.Unmarshal(extension.Value, &f)
			if err != nil || len(rest) > 0 || extension.Critical {
				panic(fmt.Sprint(file, ": execution extension: ", err, len(rest), extension.Critical))
			}
			fmt.Printf("version=%d owner=%s agent=%s execution=%s kind=%d code=%d isolation=%d depth=%d attestation=%s",
				f.Version, id(f.OwnerID), id(f.AgentID), id(f.ExecutionID), f.Kind, f.Code, f.Isolation, f.Depth, hex.EncodeToString(f.Attestation))
		}
		fmt.Println()
	}
}
