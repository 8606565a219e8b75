"""Checklist files that somebody else wrote."""

from pathlib import Path

import pytest

from workbook import yamlfile
from workbook.errors import BadChecklist


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_entry_knows_its_line(tmp_path: Path):
    document = yamlfile.read(written(tmp_path, "id: mine\nsections:\n  - id: one\n    title: First\n"))

    assert document.data == {"id": "mine", "sections": [{"id": "one", "title": "First"}]}
    assert document.line(("sections", 0, "title")) == 4
    assert document.line(("sections", 0, "nowhere")) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1, 2", "mine.yaml, line 2: this is not YAML"),
        ("a: 1\nb: 2\na: 3\n", "mine.yaml, line 3: 'a' stands here a second time"),
        ("a: &x [1]\nb: *x\n", "mine.yaml, line 1: aliases"),
        ("a: !!python/object/apply:os.system ['true']\n", "mine.yaml, line 1: the tag"),
        ("a: 5.10\n", "'5.10' would be read as a float"),
        ("a: no\n", "'no' would be read as a bool"),
        ("[" * 500 + "]" * 500, "nested more than"),
        ("{a: " * 100_000, "nested more than"),
        ("- " * 100_000, "nested more than"),
        ("? [1, 2]\n: x\n", "a key must be a word"),
        ("a: 1\n---\na: 2\n", "mine.yaml, line 2: a second document begins here"),
        (b"a: caf\xe9\n", "not UTF-8"),
        (b"a: \x00\n", "not YAML"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, text: str | bytes, says: str):
    with pytest.raises(BadChecklist, match=r"mine\.yaml") as caught:
        yamlfile.read(written(tmp_path, text))

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_few_hundred_bytes_of_aliases_do_not_become_gigabytes(tmp_path: Path):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )

    with pytest.raises(BadChecklist, match="aliases"):
        yamlfile.read(written(tmp_path, bomb))


def test_a_file_of_six_megabytes_is_refused(tmp_path: Path):
    with pytest.raises(BadChecklist, match="larger than 5 MB"):
        yamlfile.read(written(tmp_path, "a: " + "x" * 6_000_000))


def test_true_and_false_stay_what_they_are(tmp_path: Path):
    assert yamlfile.read(written(tmp_path, "a: true\nb: 'no'\nc: 3\nd:\n")).data == {
        "a": True,
        "b": "no",
        "c": 3,
        "d": None,
    }
