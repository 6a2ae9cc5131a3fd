"""PURE: word lists as they are pleasant to read, and patterns for both scripts."""

from __future__ import annotations

#: Simplified → Traditional, for the characters of the words that our patterns look for.
_TRADITIONAL = str.maketrans(
    {
        simplified: f"[{simplified}{traditional}]"
        for simplified, traditional in zip(
            "记讯员实习见报网电编辑责来稿评论约频体视觉众驻执笔图摄绘资图导门错误页闻删频繁访问请码动录详专创转载机号",
            "記訊員實習見報網電編輯責來稿評論約頻體視覺眾駐執筆圖攝繪資圖導門錯誤頁聞刪頻繁訪問請碼動錄詳專創轉載機號",
            strict=True,
        )
        if simplified != traditional
    }
)


def words(text: str) -> frozenset[str]:
    """Return the set of the words in `text`, which are parted by white space."""
    return frozenset(text.split())


def both_scripts(pattern: str) -> str:
    """Let a regular expression written in Simplified characters match Traditional ones too.

    The expression must not have such characters inside `[…]`.
    """
    return pattern.translate(_TRADITIONAL)
