// Package view draws pages: each is a model of plain texts and a template. It
// computes nothing and knows no request; the models are made by package web.
//
// The rules are:
//   - A page works without script, and has no inline style or script: the policy of
//     the pages forbids both.
//   - Colour means pace and nothing else, and never speaks alone.
package view
