// Package view draws pages from models of plain texts. It computes nothing and does not
// know the request; the packages above it make the models.
//
// The rules are:
//   - A page works without script, and has no inline style or script: the Content
//     Security Policy of the pages forbids both.
//   - Colour means pace and nothing else, and words always say the same.
package view
