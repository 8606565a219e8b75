"""Values to HTML: tables, cards, bars and diagrams. The only place that escapes what people typed."""
