// Package tap prints test results as the Test Anything Protocol has them: as much of github.com/mndrix/tap-go as the validation programs use.
package tap

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

type T struct {
	Writer io.Writer

	mutex *sync.Mutex
	n     *int
	todo  string
}

func New() *T {
	return &T{Writer: os.Stdout, mutex: new(sync.Mutex), n: new(int)}
}

// Header prints the version, and the plan if n is known.
func (t *T) Header(n int) {
	fmt.Fprintln(t.Writer, "TAP version 13")
	if n > 0 {
		fmt.Fprintf(t.Writer, "1..%d\n", n)
	}
}

func (t *T) result(word, description string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	*t.n++
	fmt.Fprintf(t.Writer, "%s %d - %s%s\n", word, *t.n, description, t.todo)
}

func (t *T) Ok(good bool, description string) {
	if good {
		t.Pass(description)
	} else {
		t.Fail(description)
	}
}

func (t *T) Pass(description string) { t.result("ok", description) }
func (t *T) Fail(description string) { t.result("not ok", description) }

func (t *T) Skip(n int, description string) {
	for i := 0; i < n; i++ {
		t.result("ok", "# SKIP "+description)
	}
}

// Todo is for what is known not to hold yet.
func (t *T) Todo() *T {
	return &T{Writer: t.Writer, mutex: t.mutex, n: t.n, todo: " # TODO"}
}

// AutoPlan prints the plan after the tests.
func (t *T) AutoPlan() { fmt.Fprintf(t.Writer, "1..%d\n", *t.n) }

func (t *T) Diagnostic(message string) {
	fmt.Fprintln(t.Writer, "# "+strings.ReplaceAll(strings.TrimRight(message, "\n"), "\n", "\n# "))
}

func (t *T) Diagnosticf(format string, values ...interface{}) {
	t.Diagnostic(fmt.Sprintf(format, values...))
}

// YAML prints what a result is about: JSON, which is YAML.
func (t *T) YAML(value interface{}) error {
	text, err := json.MarshalIndent(value, "  ", "  ")
	if err == nil {
		fmt.Fprintf(t.Writer, "  ---\n  %s\n  ...\n", text)
	}
	return err
}
