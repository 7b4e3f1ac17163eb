"""Frames around tables."""

from publishing import tables


def test_a_plain_table_gets_its_frame_and_class():
    html = '<p>a</p>\n<table>\n<tr><td>1</td></tr>\n</table>\n<table id="two"><tr></tr></table>'
    framed = tables.framed(html)
    assert framed.count('<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table class="kb-table"') == 2
    assert framed.count("</table></div></div>") == 2 and '<table class="kb-table" id="two">' in framed
    assert tables.framed(framed) == framed


def test_a_table_with_a_class_of_its_own_stays():
    html = '<table border="1" class="dataframe"><tr></tr></table>'
    assert tables.framed(html) == html
