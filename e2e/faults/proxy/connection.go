package proxy

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// connection is one connection of the program, and the one to the server that belongs to it.
type connection struct {
	proxy           *Proxy
	program, server *net.TCPConn
	hole            atomic.Bool   // what is sent in either direction vanishes
	ended           chan struct{} // closed by cut
	end             sync.Once
}

// serve passes one connection on until both directions have ended.
func (p *Proxy) serve(program *net.TCPConn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = program.Close() // the server is down, and so is the way to it
		return
	}
	c := &connection{proxy: p, program: program, server: server.(*net.TCPConn), ended: make(chan struct{})}
	p.mu.Lock()
	p.connections[c] = struct{}{}
	c.hole.Store(p.drops)
	halfCloses, refuses := p.halfCloses, p.listener == nil
	p.mu.Unlock()
	if halfCloses {
		c.halfClose()
	}
	if refuses { // it was accepted just before
		c.cut()
	}
	var directions sync.WaitGroup
	directions.Go(c.passRequests)
	directions.Go(c.passAnswers)
	directions.Wait()
	c.cut()
	p.mu.Lock()
	delete(p.connections, c)
	p.mu.Unlock()
}

// cut resets both ends.
func (c *connection) cut() {
	c.end.Do(func() {
		close(c.ended)
		_ = c.program.SetLinger(0) // fails only when it is closed
		_ = c.program.Close()      // nothing is left to do with either
		_ = c.server.Close()
	})
}

// halfClose tells the program that the server sends no more.
func (c *connection) halfClose() { _ = c.program.CloseWrite() } // fails only when it is closed

// passRequests passes on what the program sends.
func (c *connection) passRequests() {
	chunk := make([]byte, 64<<10)
	for {
		n, err := c.program.Read(chunk)
		if err != nil {
			c.tell(c.server)
			return
		}
		if !c.waitsOpen(0) {
			return
		}
		if c.hole.Load() {
			continue
		}
		if _, err := c.server.Write(chunk[:n]); err != nil {
			return
		}
	}
}

// passAnswers passes on what the server sends, message by message.
func (c *connection) passAnswers() {
	answers := bufio.NewReader(c.server)
	for {
		message, err := nextMessage(answers)
		if err != nil {
			c.tell(c.program)
			return
		}
		var delay time.Duration
		if message[0] == readyForQuery {
			delay = c.proxy.answerDelay()
		}
		if !c.waitsOpen(delay) {
			return
		}
		if string(message) == committed {
			if lost, silent := c.proxy.losesThis(); lost && silent {
				c.hole.Store(true)
			} else if lost {
				c.cut()
				return
			}
		}
		if c.hole.Load() {
			continue
		}
		if _, err := c.program.Write(message); err != nil {
			return
		}
	}
}

// tell tells one end that the other one has closed the connection. Through a hole nobody hears of
// that: the other end waits until the connection is cut.
func (c *connection) tell(end *net.TCPConn) {
	if c.hole.Load() {
		<-c.ended
		return
	}
	_ = end.CloseWrite() // fails only when it is closed
}

// waitsOpen waits until bytes may pass, and then for the delay. It reports false once the
// connection is cut.
func (c *connection) waitsOpen(delay time.Duration) bool {
	select {
	case <-c.proxy.isOpen():
	case <-c.ended:
		return false
	}
	if delay == 0 {
		return true
	}
	select {
	case <-time.After(delay):
		return true
	case <-c.ended:
		return false
	}
}

// readyForQuery is the type of the message that ends an answer.
const readyForQuery = 'Z'

// committed is the message CommandComplete of a COMMIT.
const committed = "C\x00\x00\x00\x0bCOMMIT\x00"

// largestMessage is far more than any answer to the program.
const largestMessage = 1 << 28

// nextMessage reads one message of the server: a type, a length that counts itself, and the rest.
func nextMessage(r *bufio.Reader) ([]byte, error) {
	header, err := r.Peek(5)
	if err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(header[1:])
	if length > largestMessage {
		return nil, bufio.ErrBufferFull
	}
	message := make([]byte, 1+length)
	_, err = io.ReadFull(r, message)
	return message, err
}
