package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// consumption is what a process has used since its start.
type consumption struct {
	cpu     time.Duration
	written int64 // bytes that it caused to be written to a disk
}

func (u consumption) plus(v consumption) consumption {
	return consumption{u.cpu + v.cpu, u.written + v.written}
}

func (u consumption) minus(v consumption) consumption {
	return consumption{u.cpu - v.cpu, u.written - v.written}
}

// tick is the unit of times in /proc: 100 a second for programs, whatever the kernel counts in.
const tick = 10 * time.Millisecond

// usageOf reads what a process has used, together with the children that it had and has: those of
// PostgreSQL's first process are its connections.
func usageOf(pid int) (consumption, error) {
	used, err := usageOfOne(pid)
	if err != nil {
		return consumption{}, err
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return consumption{}, fmt.Errorf("looking for processes: %w", err)
	}
	for _, stat := range stats {
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if err != nil || parentOf(child) != pid {
			continue
		}
		if of, err := usageOfOne(child); err == nil { // it may be gone
			used = used.plus(of)
		}
	}
	return used, nil
}

// usageOfOne counts the children that have ended.
func usageOfOne(pid int) (u consumption, _ error) {
	fields, err := statOf(pid)
	if err != nil {
		return u, err
	}
	for _, place := range []int{14, 15, 16, 17} { // proc_pid_stat(5): own time and that of ended children
		ticks, err := strconv.ParseInt(fields[place-3], 10, 64)
		if err != nil {
			return u, fmt.Errorf("reading the time of process %d: %w", pid, err)
		}
		u.cpu += time.Duration(ticks) * tick
	}
	u.written, err = numberIn(fmt.Sprintf("/proc/%d/io", pid), "write_bytes:")
	return u, err
}

// statOf returns the fields of a process from the third on: the second is a name in brackets.
func statOf(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, fmt.Errorf("reading about process %d: %w", pid, err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 {
		return nil, fmt.Errorf("reading about process %d: %q is short", pid, text)
	}
	return fields, nil
}

// parentOf returns 0 for a process that is gone.
func parentOf(pid int) int {
	fields, err := statOf(pid)
	if err != nil {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1]) // the kernel writes numbers
	return parent
}

// memoryOf returns how much memory a process has, and how much it had at most, in bytes.
func memoryOf(pid int) (now, most int64, err error) {
	file := fmt.Sprintf("/proc/%d/status", pid)
	if now, err = numberIn(file, "VmRSS:"); err == nil {
		most, err = numberIn(file, "VmHWM:")
	}
	return now * 1024, most * 1024, err
}

// forgetMostMemory lets the most memory of a process be counted anew from now on (proc_pid_clear_refs(5)).
func forgetMostMemory(pid int) error {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil {
		return fmt.Errorf("counting the memory of process %d anew: %w", pid, err)
	}
	return nil
}

// numberIn returns the number after a name in a file of /proc.
func numberIn(file, name string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", name, err)
	}
	_, after, _ := strings.Cut("\n"+string(text), "\n"+name)
	number, _, _ := strings.Cut(strings.TrimSpace(after), "\n")
	number, _, _ = strings.Cut(number, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading %s of %s: %w", name, file, err)
	}
	return n, nil
}
