package main

import (
	"bufio"
	"net"
)

// replayed is a connection of which some bytes have been read already. Reading from it gives these bytes first.
type replayed struct {
	net.Conn
	first []byte
	rest  *bufio.ReadWriter
}

func (connection *replayed) Read(buffer []byte) (int, error) {
	if len(connection.first) > 0 {
		count := copy(buffer, connection.first)
		connection.first = connection.first[count:]
		return count, nil
	}
	return connection.rest.Read(buffer)
}
