// Package docs holds the documents of the project, and the tests that hold their numbers
// against the program.
package docs
