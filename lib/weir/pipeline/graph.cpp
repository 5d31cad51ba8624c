#include <weir/pipeline/graph.hpp>

#include <string_view>

namespace weir {

namespace {

// Escapes text for the quotes of a DOT string. In DOT, `\n` ends a line; only `line_end` writes it.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

// Uses `append` instead of `"\"" + ...`: for the latter, GCC 12 at -O3 warns of an overlapping copy
// that does not exist.
std::string dot_string(std::string_view text) {
    std::string out = "\"";
    out.append(escaped(text)).append("\"");
    return out;
}

constexpr std::string_view line_end = "\\n";

void append_count(std::string& to, std::string_view what, std::uint64_t n) {
    if (n != 0) to.append(", ").append(std::to_string(n)).append(" ").append(what);
}

std::string counts(const ledger& l) {
    std::string text = ": " + std::to_string(l.in) + " in, " + std::to_string(l.out) + " out";
    append_count(text, "filtered", l.filtered);
    append_count(text, "rejected", l.rejected);
    append_count(text, "dropped", l.dropped);
    append_count(text, "in flight", l.in_flight);
    return text;
}

}  // namespace

std::string to_dot(const graph& g, bool ledgers) {
    std::string dot = "digraph " + dot_string(g.name) + " {\n  rankdir=LR;\n  node [shape=box];\n";
    for (const graph_segment& segment : g.segments) {
        std::string label = escaped(segment.name);
        if (ledgers) append_count(label, "restarts", segment.restarts);
        for (const graph_stage& stage : segment.stages) {
            label.append(line_end).append(escaped(stage.name));
            if (ledgers) label.append(counts(stage.items));
        }
        dot += "  " + dot_string(segment.name) + " [label=\"" + label + "\"];\n";
    }
    for (const graph_channel& channel : g.channels) {
        std::string label = escaped(channel.name) + " (" + std::to_string(channel.capacity) + ")";
        if (ledgers) label.append(counts(channel.items));
        dot += "  " + dot_string(channel.from) + " -> " + dot_string(channel.to) + " [label=\"" +
               label + "\"];\n";
    }
    return dot + "}\n";
}

}  // namespace weir
