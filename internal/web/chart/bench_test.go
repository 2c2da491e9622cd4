package chart_test

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

// BenchmarkDay draws the charts of a day with 300 questions, in both layouts.
func BenchmarkDay(b *testing.B) {
	seconds := make([]int, 300)
	for i := range seconds {
		seconds[i] = 60 + i*37%200
	}
	newYork, d := midnights(b, "America/New_York"), date(b, "2026-11-24")
	logs := []report.SessionLog{session("s", at(b, "2026-11-24T00:10:00-05:00"), seconds...)}
	sessions := summaries(logs)
	day := summarizeDay(d, newYork, logs)
	work := chart.DayWork{Date: d, Calendar: newYork, Sessions: sessions}
	size := 0
	for b.Loop() {
		size = 0
		for _, l := range layouts {
			size += len(chart.Hours("h", l.layout, day).SVG)
			size += len(chart.DayLine("l", l.layout, work).SVG)
			size += len(chart.Distribution("d", l.layout, report.TimingsOf(sessions[0].Questions)).SVG)
		}
	}
	b.ReportMetric(float64(size), "bytes")
}
