"""The same few model calls each time: through LiteLLM, and as spans of OpenTelemetry.

Both are set up as docs/INTEGRATIONS.md says: LiteLLM by what a proxy makes of its callback_settings, OpenTelemetry by the
environment.
"""

import asyncio
import os

# Before litellm is imported: the price list that came with it, not the one of today.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
# Longer than the calls take, so that nothing is sent by itself.
os.environ["DEFAULT_FLUSH_INTERVAL_SECONDS"] = "600"


async def litellm_calls(provider: str, endpoint: str, key: str) -> None:
    """Two calls that succeed, for ana and for the key's user bob, and one that fails; all logged twice."""
    import litellm
    from litellm.integrations.generic_api.generic_api_callback import GenericAPILogger

    litellm.suppress_debug_info = True
    headers = {"Authorization": f"Bearer {key}"}
    settings = {"callback_type": "generic_api", "endpoint": endpoint, "headers": headers, "max_retries": 5}
    litellm.callback_settings = {"creditdesk": settings}
    litellm.logging_callback_manager.add_litellm_callback("creditdesk")

    def ask(model: str, text: str, base: str, **more):
        messages = [{"role": "user", "content": text}]
        return litellm.acompletion(
            model=model, messages=messages, api_base=base, api_key="none", max_retries=0, num_retries=0, **more
        )

    await ask("openai/gpt-4o", "hello", f"{provider}/v1", metadata={"user_api_key_end_user_id": "ana"})
    key_user = {"user_api_key_user_id": "bob"}
    await ask("anthropic/claude-sonnet-4-5", "hello", provider, metadata=key_user)
    try:
        await ask("openai/gpt-4o", "fail", f"{provider}/v1", metadata={"user_api_key_end_user_id": "ana"})
    except litellm.BadRequestError:
        pass
    else:
        raise AssertionError("the provider was asked to fail")
    # The callback gathers for some seconds; here it is told to send, and then to send the same again, as after an answer
    # that was lost.
    loggers = {
        callback
        for callback in litellm.logging_callback_manager._get_all_callbacks()
        if isinstance(callback, GenericAPILogger)
    }
    for _ in range(100):
        if sum(len(logger.log_queue) for logger in loggers) == 3:
            break
        await asyncio.sleep(0.1)
    for logger in loggers:
        sent = list(logger.log_queue)
        await logger.async_send_batch()
        logger.log_queue.extend(sent)
        await logger.async_send_batch()


def make_spans(tracer) -> None:
    """What a request to a product leaves behind: of six spans, two to charge and one that should have been."""
    with tracer.start_as_current_span("POST /chat", attributes={"http.request.method": "POST"}):
        around = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 1500, "user.id": "ana"}
        with tracer.start_as_current_span("invoke_agent helper", attributes=around):
            chat = {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.response.model": "gpt-4o-2024-08-06",
                "gen_ai.usage.input_tokens": 1200,
                "gen_ai.usage.output_tokens": 350,
                "gen_ai.usage.cache_read.input_tokens": 1000,
                "user.id": "ana",
            }
            with tracer.start_as_current_span("chat gpt-4o", attributes=chat):
                pass
            with tracer.start_as_current_span("execute_tool search", attributes={"gen_ai.tool.name": "search"}):
                pass
        legacy = {
            "gen_ai.system": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.prompt_tokens": 300,
            "gen_ai.usage.completion_tokens": 100,
            "enduser.id": "bob",
        }
        with tracer.start_as_current_span("openai.chat", attributes=legacy):
            pass
        nobody = {"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 1}
        with tracer.start_as_current_span("chat gpt-4o", attributes=nobody):
            pass


def send_spans() -> None:
    """Sends them as any program does whose exporter is set up by the environment."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "helper"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    make_spans(provider.get_tracer("try-ingest"))
    assert provider.force_flush(), "the spans were not sent"
    provider.shutdown()
