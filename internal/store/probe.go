package store

// probeSQL writes a row and removes it again. Each probe has a row of its own, so
// that replicas do not wait for each other.
var probeSQL = []string{`INSERT INTO probes (id) VALUES ($1)`, `DELETE FROM probes WHERE id = $1`}
