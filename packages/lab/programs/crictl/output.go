package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/golang/protobuf/jsonpb"
	"github.com/golang/protobuf/proto"
)

var marshaler = jsonpb.Marshaler{EmitDefaults: true, Indent: "  "}

// printMessage prints an answer of the runtime as protobuf's JSON, as crictl does.
func printMessage(answer proto.Message) error {
	text, err := marshaler.MarshalToString(answer)
	if err == nil {
		fmt.Println(text)
	}
	return err
}

// printStatus prints a status and, beside it, the details that the runtime gives as JSON text (verbose info).
func printStatus(status proto.Message, info map[string]string) error {
	text, err := marshaler.MarshalToString(status)
	if err != nil {
		return err
	}
	answers := map[string]interface{}{"status": json.RawMessage(text)}
	for key, detail := range info {
		if json.Valid([]byte(detail)) {
			answers[key] = json.RawMessage(detail)
		} else {
			answers[key] = detail
		}
	}
	encoded, err := json.MarshalIndent(answers, "", "  ")
	if err == nil {
		fmt.Println(string(encoded))
	}
	return err
}

// printTable prints rows in aligned columns. The first row holds the headings.
func printTable(rows [][]string) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 3, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}

func printLines(lines []string) error {
	for _, line := range lines {
		fmt.Println(line)
	}
	return nil
}

// short returns the short form of an id that crictl shows.
func short(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	if len(id) > 13 {
		return id[:13]
	}
	return id
}

func age(nanoseconds int64) string {
	return time.Since(time.Unix(0, nanoseconds)).Round(time.Second).String() + " ago"
}
