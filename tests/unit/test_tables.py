"""Frames around tables."""

import pytest

from publishing import tables

FRAME = '<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table class="kb-table"'


def test_a_plain_table_gets_its_frame_and_class():
    html = '<p>a</p>\n<table>\n<tr><td>1</td></tr>\n</table>\n<table id="two"><tr></tr></table><p>b</p>'
    framed = tables.framed(html)
    assert framed == f'<p>a</p>\n{FRAME}>\n<tr><td>1</td></tr>\n</table></div></div>\n{FRAME} id="two"><tr></tr></table></div></div><p>b</p>'
    assert tables.framed(framed) == framed


@pytest.mark.parametrize("html", [
    '<table border="1" class="dataframe"><tr></tr></table>',
    '<p title="<table></table>">a</p>', "<p title = '\"<table></table>'>a</p>", "<p title=<table></table>>a</p>", '<p title="it\'s <table></table>">a</p>', "<p title='<table>'>a</p></table>",
    "<script>'<table></table>'</script>", "<!-- <table></table> -->", "<pre>&lt;table&gt;</pre>", "<table><tr>",
])
def test_what_is_no_plain_table_stays(html):
    assert tables.framed(html) == html


def test_a_table_within_a_table_stays():
    html = "<table><tr><td><table></table></td></tr></table>"
    assert tables.framed(html) == f"{FRAME}><tr><td><table></table></td></tr></table></div></div>"
