// Package e2e tests the real program from outside: it builds the binary, runs it
// on SQLite and on PostgreSQL, and talks to it over HTTP like any client.
//
// The rules are:
//   - A test knows what the contract promises and nothing of the code behind it.
//   - Every test that applies runs on both stores (eachStore).
//   - After every test the server must stop cleanly, and a refold of every log
//     must agree with what was stored beside it.
//   - What can be data is data: testdata/vectors is recorded, testdata/cases is
//     written by hand.
package e2e
