// Package program builds the real program, runs it on SQLite and on PostgreSQL, and talks
// to it over HTTP as any client would. The tests in e2e/api, e2e/pages and e2e/widget
// share it.
//
// The rules are:
//   - A test knows what the contract promises and nothing of the code behind it.
//   - Every test that applies runs on both stores (Shared.EachStore).
//   - After every test the server must stop cleanly, and a refold of every log must agree
//     with what was stored beside it.
//   - Test cases that can be data are data: e2e/api/testdata/vectors is recorded, and
//     e2e/api/testdata/cases is written by hand.
package program
