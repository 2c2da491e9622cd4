// Package browser shows pages of the program under test in a real browser, the
// Chromium that is installed, and finds what is wrong with them.
//
// The rules are:
//   - One browser per test binary (Shared), and for each Page a profile of its own, so that
//     tests do not see each other's cookies.
//   - A test fails on every Problem that it does not Expect: console messages, exceptions,
//     violations of the Content Security Policy, failed requests, requests to other
//     origins.
//   - Nothing leaves the machine: only localhost and 127.0.0.1 have an address.
//   - Workers and frames of other origins are not watched; pages of the program have
//     neither.
package browser
