# newsdelta as an image: locked requirements, an unprivileged user, data in /data.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY storage storage
COPY crawler crawler
COPY scheduler scheduler
RUN python -m venv /build && /build/bin/pip install --no-cache-dir "hatchling>=1.33" \
 && /build/bin/python -m hatchling build -t wheel -d /dist \
 && /venv/bin/pip install --no-cache-dir --no-deps /dist/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data newsdelta && install -d -o newsdelta /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH XDG_DATA_HOME=/data PYTHONUNBUFFERED=1
USER newsdelta
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["newsdelta"]
CMD ["watch"]
