using System.Diagnostics;
using System.Text.Json.Nodes;
using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;
using Metaflow.Tool;

namespace Metaflow.Tests.Tool;

/// <summary>Speaks the protocol of assistants with the tool as a process of its own.</summary>
public sealed class McpTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Mcp_AnAssistantThatAsksWhatFailed_IsToldWhatAndWhy()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new TroubleFlow { IsFatal = true });
        await _runs.RunAsync(new ModelFlow());
        await _runs.RunAsync(new ModelFlow { Rate = 0.75 });
        using var server = Session.Start(_runs.Root);
        var hello = await server.AskAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = "2025-06-18",
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });
        await server.NotifyAsync("notifications/initialized");
        Assert.Equal("metaflow", (string?)hello["result"]!["serverInfo"]!["name"]);

        var tools = (await server.AskAsync("tools/list", []))["result"]!["tools"]!.AsArray();
        Assert.Equal(["flows", "runs", "steps", "tasks", "artifacts", "logs", "diff"], tools.Select(tool => (string?)tool!["name"]));
        Assert.All(tools, tool => Assert.True((bool)tool!["annotations"]!["readOnlyHint"]!));

        var failed = await server.CallAsync("tasks", new() { ["outcome"] = "failed", ["since"] = "yesterday", ["limit"] = 5 });
        var task = Assert.Single(failed["items"]!.AsArray())!;
        Assert.Equal(("TroubleFlow/1/End/3", "the end is broken"), ((string?)task["path"], (string?)task["error"]!["message"]));

        var logs = await server.CallAsync("logs", new() { ["path"] = "TroubleFlow/1/Start/1", ["tail"] = true });
        Assert.Contains(logs["items"]!.AsArray(), line => (string?)line!["text"] == "attempt 1");

        var difference = await server.CallAsync("diff", new() { ["first"] = "ModelFlow/1", ["second"] = "ModelFlow/latest" });
        Assert.Equal("Rate", (string?)difference["differences"]![0]!["subject"]);

        var mistake = await server.AskAsync("tools/call", new() { ["name"] = "runs", ["arguments"] = new JsonObject { ["path"] = "MarkFlow" } });
        Assert.True((bool)mistake["result"]!["isError"]!);
        Assert.Contains("Did you mean 'MarksFlow'?", (string?)mistake["result"]!["content"]![0]!["text"], StringComparison.Ordinal);
        var unknown = await server.AskAsync("tools/call", new() { ["name"] = "runs", ["arguments"] = new JsonObject { ["stauts"] = "failed" } });
        Assert.Contains("Did you mean 'status'?", (string?)unknown["result"]!["content"]![0]!["text"], StringComparison.Ordinal);
        Assert.NotNull((await server.AskAsync("no/such/method", []))["error"]);

        Assert.Equal(0, await server.EndAsync());
    }

    /// <summary>The tool's process, and the messages that go to and from it.</summary>
    private sealed class Session(Process process) : IDisposable
    {
        private readonly CancellationTokenSource _limit = new(Limit);
        private int _last;

        public static Session Start(string root)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(ToolCommand).Assembly.Location, "mcp", "--global", "--datastore-root", root])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            return new(Process.Start(start)!);
        }

        public async Task<JsonNode> AskAsync(string method, JsonObject parameters)
        {
            var id = ++_last;
            await SendAsync(new() { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
            while (true)
            {
                var line = await process.StandardOutput.ReadLineAsync(_limit.Token);
                Assert.True(line is not null, line is null ? await process.StandardError.ReadToEndAsync(_limit.Token) : "");
                var answer = JsonNode.Parse(line!)!;
                if ((int?)answer["id"] == id)
                {
                    return answer;
                }
            }
        }

        public async Task<JsonNode> CallAsync(string tool, JsonObject arguments)
        {
            var answer = await AskAsync("tools/call", new() { ["name"] = tool, ["arguments"] = arguments });
            Assert.True(answer["result"]?["isError"] is null || !(bool)answer["result"]!["isError"]!, answer.ToJsonString());
            var text = JsonNode.Parse((string)answer["result"]!["content"]![0]!["text"]!)!;
            Assert.True(JsonNode.DeepEquals(text, answer["result"]!["structuredContent"]));
            return text;
        }

        public Task NotifyAsync(string method) => SendAsync(new() { ["jsonrpc"] = "2.0", ["method"] = method });

        public async Task<int> EndAsync()
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(_limit.Token);
            return process.ExitCode;
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
            _limit.Dispose();
        }

        private async Task SendAsync(JsonObject message)
        {
            await process.StandardInput.WriteLineAsync(message.ToJsonString().AsMemory(), _limit.Token);
            await process.StandardInput.FlushAsync(_limit.Token);
        }
    }
}
