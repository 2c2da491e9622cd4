package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"strconv"
)

// errMalformed is wrapped by the errors of readResponse for a malformed response. The
// connection cannot be used any more.
var errMalformed = errors.New("malformed HTTP/1.1 response")

// chunkedBody stands for the length of a chunked body, which marks its own end.
const chunkedBody = -1

// readResponse reads one HTTP/1.1 response to its last byte, appends its body to body and
// returns its status. The next response can follow on the same connection.
//
// It understands what a keep-alive server answers to GET and POST (Content-Length or chunked,
// no interim 1xx answers) and refuses the rest.
func readResponse(r *bufio.Reader, body *bytes.Buffer) (status int, err error) {
	line, err := readLine(r)
	if err != nil {
		return 0, fmt.Errorf("reading the status line: %w", err)
	}
	status, err = parseStatus(line)
	if err != nil {
		return 0, err
	}
	length, err := readHeaders(r)
	if err != nil {
		return 0, err
	}
	if length == chunkedBody {
		err = readChunks(r, body)
	} else {
		_, err = io.CopyN(body, r, length)
	}
	if err != nil {
		return 0, fmt.Errorf("reading the body: %w", noEOF(err))
	}
	return status, nil
}

// readLine returns the next line without its line break. It is valid until the
// next read.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("%w: line over %d bytes", errMalformed, r.Size())
		}
		if errors.Is(err, io.EOF) && len(line) > 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'}), nil
}

// parseStatus reads the code out of a line such as "HTTP/1.1 200 OK".
func parseStatus(line []byte) (int, error) {
	rest, found := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	code, _, _ := bytes.Cut(rest, []byte{' '})
	status, err := strconv.Atoi(string(code))
	if !found || err != nil || len(code) != 3 || status < 200 {
		return 0, fmt.Errorf("%w: status line %.40q", errMalformed, line)
	}
	return status, nil
}

// readHeaders reads up to the empty line. It returns the length of the body that follows, or
// chunkedBody.
func readHeaders(r *bufio.Reader) (length int64, err error) {
	known := false
	for {
		line, err := readLine(r)
		if err != nil {
			return 0, fmt.Errorf("reading the headers: %w", noEOF(err))
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, err = strconv.ParseInt(string(value), 10, 64)
			if err != nil || length < 0 {
				return 0, fmt.Errorf("%w: Content-Length %.40q", errMalformed, value)
			}
			known = true
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			if !bytes.EqualFold(value, []byte("chunked")) {
				return 0, fmt.Errorf("%w: Transfer-Encoding %.40q", errMalformed, value)
			}
			length, known = chunkedBody, true
		}
	}
	if !known {
		return 0, fmt.Errorf("%w: neither Content-Length nor chunked", errMalformed)
	}
	return length, nil
}

// readChunks reads a chunked body and its trailer.
func readChunks(r *bufio.Reader, body *bytes.Buffer) error {
	if _, err := io.Copy(body, httputil.NewChunkedReader(r)); err != nil {
		return err
	}
	for {
		line, err := readLine(r)
		if err != nil || len(line) == 0 {
			return err
		}
	}
}

// noEOF turns io.EOF into io.ErrUnexpectedEOF: in the middle of a response an end is an error.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
