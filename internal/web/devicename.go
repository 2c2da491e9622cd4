package web

import "strings"

// What a User-Agent says, and what a person calls it. The order counts: Edge names
// Chrome and Safari too, Android names Linux.
var (
	browserSigns = [][2]string{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Chromium/", "Chrome"}, {"Safari/", "Safari"},
	}
	systemSigns = [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iOS"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// deviceName is what a person will recognise in the list of devices: "Chrome on Windows".
func deviceName(userAgent string) string {
	name := named(userAgent, browserSigns)
	if name == "" {
		name = "Browser"
	}
	if system := named(userAgent, systemSigns); system != "" {
		name += " on " + system
	}
	return name
}

// named is the name of the first sign that a text has; empty when it has none.
func named(text string, signs [][2]string) string {
	for _, s := range signs {
		if strings.Contains(text, s[0]) {
			return s[1]
		}
	}
	return ""
}
