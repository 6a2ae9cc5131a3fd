"""Two sites that are no news sites: a shop, and one whose every page asks for a login. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

from .model import Maker, Reply, Site, Story


class Shop(Site):
    """Goods with prices, in categories."""

    make, title = "shop", "渝货铺子"

    def draw(self) -> None:
        """Nothing differs."""

    def write(self, count: int) -> list[Story]:
        """A shop has no stories."""
        return []

    def path_of(self, story: Story) -> str:
        """A shop has no stories."""
        raise LookupError(story.number)

    def _frame(self, title: str, inner: str) -> Reply:
        menu = '<a href="/">首页</a> <a href="/c/tea">茶叶</a> <a href="/c/spice">调料</a> <a href="/cart">购物车</a>'
        return self.page(
            f'<html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head><body>{menu}{inner}<p>渝货铺子 七天无理由退货</p></body></html>'
        )

    def _goods(self, kind: str, name: str) -> str:
        return "".join(
            f'<li><a href="/item/{kind}-{n}.html">{name}礼盒装第{n}款送礼自用</a> ￥{n * 7}.00</li>'
            for n in range(10, 30)
        )

    def lay_out(self) -> dict[str, Maker]:
        """Home, two categories, goods."""
        kinds = {"tea": "高山云雾绿茶", "spice": "手工火锅底料"}
        found: dict[str, Maker] = {
            "/": lambda base: self._frame("渝货铺子", "".join(self._goods(k, n) for k, n in kinds.items())),
            "/cart": lambda base: self._frame("购物车", "<p>购物车是空的</p>"),
        }
        for kind, name in kinds.items():
            found[f"/c/{kind}"] = lambda base, kind=kind, name=name: self._frame(
                name, self._goods(kind, name)
            )  # type: ignore[misc]
            for n in range(10, 30):
                text = f"<h1>{name}礼盒装第{n}款</h1><b>￥{n * 7}.00</b><button>加入购物车</button><p>净含量五百克，保质期十八个月，产地重庆。</p>"
                found[f"/item/{kind}-{n}.html"] = lambda base, text=text: self._frame("商品", text)  # type: ignore[misc]
        return found


class Members(Site):
    """Every page but the login sends its visitor there."""

    make, title = "members", "内部参考"

    def draw(self) -> None:
        """Nothing differs."""

    def write(self, count: int) -> list[Story]:
        """Nothing that a visitor could see."""
        return []

    def path_of(self, story: Story) -> str:
        """Nothing that a visitor could see."""
        raise LookupError(story.number)

    def lay_out(self) -> dict[str, Maker]:
        """The login alone."""
        form = '<h1>用户登录</h1><form method="post"><input name="user"><input type="password" name="password"><button>登录</button></form>'
        return {
            "/login": lambda base: self.page(
                f'<html><head><meta charset="utf-8"><title>登录</title></head><body>{form}</body></html>'
            )
        }

    def missing(self) -> Reply:
        """To the login."""
        return Reply(b"", status=302, location="/login")
