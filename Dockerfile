# newsdelta as an image: locked and hashed requirements, an unprivileged user, data in /data, a root that is only read.
# For a build that cannot change below you, name the base by its digest:
#   docker build --build-arg PYTHON=python:3.13-slim@sha256:… .
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.lock requirements-dev.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements.lock
# The tool that builds the wheel is locked with those of the developers: its entries alone.
RUN awk '/^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ { on = 1 } on { print } !/\\$/ { on = 0 }' \
      requirements-dev.lock > build.lock \
 && python -m venv /build && /build/bin/pip install --require-hashes -r build.lock
COPY storage storage
COPY crawler crawler
COPY scheduler scheduler
RUN /build/bin/python -m hatchling build -t wheel -d /dist \
 && /venv/bin/pip install --no-index --no-deps /dist/*.whl \
 && /venv/bin/python -m compileall -q /venv/lib

FROM ${PYTHON}
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin newsdelta \
 && install -d -o newsdelta -g newsdelta -m 0750 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH XDG_DATA_HOME=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
# The watcher's own word, out of the store. A container that runs another command (serve, worker) takes it away.
HEALTHCHECK --interval=60s --timeout=30s --start-period=120s --retries=3 CMD ["newsdelta", "doctor", "--watcher"]
ENTRYPOINT ["newsdelta"]
CMD ["watch"]
