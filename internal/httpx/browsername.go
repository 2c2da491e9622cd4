package httpx

import (
	"cmp"
	"strings"
)

// Parts of a User-Agent, and what a person calls them. The order matters: Edge also names
// Chrome and Safari, and Android also names Linux.
var (
	browserSigns = [][2]string{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Chromium/", "Chrome"}, {"Safari/", "Safari"},
	}
	systemSigns = [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iOS"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// BrowserName returns what a person calls a browser, by its User-Agent: "Chrome on Windows".
// It has at most 40 characters, whatever was sent, and is "" where nothing is recognised.
func BrowserName(userAgent string) string {
	name, system := named(userAgent, browserSigns), named(userAgent, systemSigns)
	if system == "" {
		return name
	}
	return cmp.Or(name, "Browser") + " on " + system
}

// named returns the name of the first sign found in a text, or "".
func named(text string, signs [][2]string) string {
	for _, s := range signs {
		if strings.Contains(text, s[0]) {
			return s[1]
		}
	}
	return ""
}
