"""Links between the pages of a report: one that leads nowhere is no link."""

from workbook.report.links import live

OTHER = '<h2 class="x" id="here">Here</h2><p data-id="no" title=\'x\'>id="text"</p>'


def test_a_link_that_leads_somewhere_stays_and_another_becomes_its_words():
    page = (
        '<main id="main"><a href="#main">up</a> <a class="q" href="other.html">o</a> <a href="other.html#here">h</a> '
        '<a href="other.html#gone"><b>g</b></a> <a href="gone.html">n</a> <a href="#no">m</a> '
        '<a href="https://x.example/a.html#b">web</a> <a href="mailto:a@x.example">mail</a></main>'
    )

    assert live({"page.html": page, "other.html": OTHER})["page.html"] == (
        '<main id="main"><a href="#main">up</a> <a class="q" href="other.html">o</a> <a href="other.html#here">h</a> '
        "<b>g</b> n m "
        '<a href="https://x.example/a.html#b">web</a> <a href="mailto:a@x.example">mail</a></main>'
    )


def test_what_only_looks_like_an_anchor_is_none():
    looks = (
        '<p title=" id=&quot;a&quot;" data-x="id=b">Text with id="c" and &lt;p id="d"&gt;</p><p class="k" id="e">x</p>'
    )
    links = "".join(f'<a href="other.html#{anchor}">{anchor}</a>' for anchor in "abcde")

    assert live({"page.html": links, "other.html": looks})["page.html"] == 'abcd<a href="other.html#e">e</a>'


def test_an_anchor_may_be_written_with_percent_signs_or_entities():
    page = '<p id="a b&amp;c">x</p><a href="#a%20b&amp;c">1</a><a href="#a b&amp;c">2</a>'

    assert live({"page.html": page}) == {"page.html": page}
