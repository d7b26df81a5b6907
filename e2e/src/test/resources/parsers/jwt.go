// Verifies a JWT-SVID as a stranger in Go would, with the standard library only: jwt.go KEYS TOKEN. Prints sub and aud.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strings"
)

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func file(name string) []byte {
	content, err := os.ReadFile(name)
	check(err)
	return content
}

func bytes(text string) []byte {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	check(err)
	return decoded
}

func main() {
	var set struct {
		Keys []struct{ Kid, Kty, Crv, X, Y string }
	}
	check(json.Unmarshal(file(os.Args[1]), &set))
	parts := strings.Split(string(file(os.Args[2])), ".")
	var header struct{ Alg, Kid, Typ string }
	check(json.Unmarshal(bytes(parts[0]), &header))
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature := bytes(parts[2])
	for _, key := range set.Keys {
		if key.Kid != header.Kid || header.Alg != "ES256" || key.Crv != "P-256" || len(signature) != 64 {
			continue
		}
		public := ecdsa.PublicKey{
			Curve: elliptic.P256(),
			X:     new(big.Int).SetBytes(bytes(key.X)),
			Y:     new(big.Int).SetBytes(bytes(key.Y)),
		}
		r := new(big.Int).SetBytes(signature[:32])
		s := new(big.Int).SetBytes(signature[32:])
		if ecdsa.Verify(&public, digest[:], r, s) {
			var claims struct {
				Sub string
				Aud []string
			}
			check(json.Unmarshal(bytes(parts[1]), &claims))
			fmt.Println(claims.Sub, strings.Join(claims.Aud, " "))
			return
		}
	}
	fmt.Println("no key verifies it")
	os.Exit(1)
}
