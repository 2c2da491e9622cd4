package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestReadResponse(t *testing.T) {
	for _, test := range []struct {
		name, wire string
		status     int
		body       string
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
		{"header in lower case, no space", "HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello", 200, "hello"},
		{"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", 200, "hello"},
		{"no reason", "HTTP/1.1 409\r\nContent-Length: 0\r\n\r\n", 409, ""},
		{"no body", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", 500, ""},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 200, "hello world"},
		{"chunked, with a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", 200, "hello"},
	} {
		t.Run(test.name, func(t *testing.T) {
			const next = "the next response"
			reader := bufio.NewReader(iotest.OneByteReader(strings.NewReader(test.wire + next)))
			var body bytes.Buffer
			status, err := readResponse(reader, &body)
			if err != nil || status != test.status || body.String() != test.body {
				t.Errorf("got %d %q, %v; want %d %q", status, body.String(), err, test.status, test.body)
			}
			if rest, err := io.ReadAll(reader); err != nil || string(rest) != next {
				t.Errorf("left for the next response: %q, %v; want %q", rest, err, next)
			}
		})
	}
}

func TestReadResponseRefuses(t *testing.T) {
	for _, test := range []struct {
		name, wire string
		want       error
	}{
		{"nothing", "", io.EOF},
		{"cut status line", "HTTP/1.1 20", io.ErrUnexpectedEOF},
		{"cut headers", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", io.ErrUnexpectedEOF},
		{"cut body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", io.ErrUnexpectedEOF},
		{"missing body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", io.ErrUnexpectedEOF},
		{"cut chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", io.ErrUnexpectedEOF},
		{"cut after the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", io.ErrUnexpectedEOF},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", errMalformed},
		{"not HTTP", "hello\r\n\r\n", errMalformed},
		{"interim", "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", errMalformed},
		{"long status", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", errMalformed},
		{"no length", "HTTP/1.1 200 OK\r\n\r\n", errMalformed},
		{"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", errMalformed},
		{"length in words", "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n", errMalformed},
		{"other encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", errMalformed},
		{"endless line", "HTTP/1.1 200 " + strings.Repeat("O", 10_000), errMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			var body bytes.Buffer
			_, err := readResponse(bufio.NewReader(strings.NewReader(test.wire)), &body)
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

// Responses that follow each other are read one by one, whatever their bodies contain and
// however the network cuts them.
func TestReadResponseFramesAnyBodies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 5).Draw(t, "bodies")
		chunked := rapid.SliceOfN(rapid.Bool(), len(bodies), len(bodies)).Draw(t, "chunked")
		var wire bytes.Buffer
		for i, body := range bodies {
			if chunked[i] {
				writeChunked(&wire, body)
			} else {
				fmt.Fprintf(&wire, "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s", 200+i, len(body), body)
			}
		}
		reader := bufio.NewReader(iotest.HalfReader(&wire))
		for i, want := range bodies {
			var body bytes.Buffer
			status, err := readResponse(reader, &body)
			wantStatus := 200 + i
			if chunked[i] {
				wantStatus = 299
			}
			if err != nil || status != wantStatus || !bytes.Equal(body.Bytes(), want) {
				t.Fatalf("response %d: got %d %q, %v; want %d %q", i, status, body.Bytes(), err, wantStatus, want)
			}
		}
	})
}

// writeChunked writes a 299 with body in two chunks, none of them empty.
func writeChunked(wire *bytes.Buffer, body []byte) {
	wire.WriteString("HTTP/1.1 299 X\r\nTransfer-Encoding: chunked\r\n\r\n")
	middle := len(body) / 2
	for _, chunk := range [][]byte{body[:middle], body[middle:]} {
		if len(chunk) > 0 {
			fmt.Fprintf(wire, "%x\r\n%s\r\n", len(chunk), chunk)
		}
	}
	wire.WriteString("0\r\n\r\n")
}
