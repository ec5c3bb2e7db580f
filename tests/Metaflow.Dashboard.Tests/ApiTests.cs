using System.Net;
using System.Text.Json;
using Metaflow.Dashboard.Tests.Running;

namespace Metaflow.Dashboard.Tests;

/// <summary>The HTTP API of the tool.</summary>
public sealed class ApiTests(DashboardWorld world)
{
    private const string Run = "flows/ShowcaseFlow/runs/1";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Description_EachRoute_IsInIt()
    {
        var document = await GetAsync("openapi.json");

        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Equal(Api.ApiRoutes.All.Select(route => route.Path).Order(StringComparer.Ordinal), paths.Order(StringComparer.Ordinal));
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        Assert.All(document.GetProperty("paths").EnumerateObject(), path =>
            Assert.False(string.IsNullOrEmpty(path.Value.GetProperty("get").GetProperty("summary").GetString())));
    }

    [Fact]
    public async Task Runs_PageByPage_GivesEachOnce()
    {
        var seen = new List<string>();
        var next = "";
        do
        {
            var page = await GetAsync($"runs?limit=2{next}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(run => $"{run.GetProperty("flow")}/{run.GetProperty("id")}"));
            next = page.TryGetProperty("next", out var after) ? $"&after={Uri.EscapeDataString(after.GetString()!)}" : "";
        }
        while (next.Length > 0);

        Assert.Equal(seen.Distinct(), seen);
        Assert.Superset(new HashSet<string> { "ShowcaseFlow/1", "ShowcaseFlow/2", "FailingFlow/1", "HostileFlow/1", "WideFlow/1" }, seen.ToHashSet());
    }

    [Fact]
    public async Task Tasks_FromTheMiddle_AreThoseOfThatPlace()
    {
        const int Offset = DashboardWorld.WideTasks / 2;
        var page = await GetAsync($"flows/WideFlow/runs/1/tasks?step=Work&offset={Offset}&limit=3");
        while (page.TryGetProperty("isPending", out var pending) && pending.GetBoolean())
        {
            page = await GetAsync($"flows/WideFlow/runs/1/tasks?step=Work&offset={Offset}&limit=3");
        }

        Assert.Equal(DashboardWorld.WideTasks, page.GetProperty("total").GetInt64());
        Assert.Equal([Offset, Offset + 1, Offset + 2], page.GetProperty("items").EnumerateArray().Select(task => task.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task Run_ItsProgress_CountsTasksByOutcome()
    {
        var steps = (await GetAsync($"{Run}/progress")).GetProperty("steps").EnumerateArray().ToDictionary(step => step.GetProperty("name").GetString()!);

        Assert.Equal("succeeded", steps["Train"].GetProperty("state").GetString());
        Assert.Equal(5, steps["Train"].GetProperty("tasks").GetInt32());
        Assert.Equal(5, steps["Train"].GetProperty("expected").GetInt32());
        Assert.Equal(1, steps["Train"].GetProperty("retried").GetInt32());
        Assert.Equal("pending", steps["Discard"].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Code_OfARun_IsThatOfItsProgram()
    {
        var code = await GetAsync($"{Run}/code");
        var entry = code.GetProperty("entry").GetString()!;
        var file = await GetAsync($"{Run}/code/file?path={Uri.EscapeDataString(entry)}");
        var environment = await GetAsync($"{Run}/environment");

        Assert.Equal("project", code.GetProperty("kind").GetString());
        Assert.EndsWith("Metaflow.Dashboard.Flows.csproj", entry, StringComparison.Ordinal);
        Assert.Contains("A flow program as a user would write it", file.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, environment.GetProperty("facts").GetProperty("Platform").GetString());
        Assert.Contains(environment.GetProperty("packages").EnumerateArray(), package => package.GetProperty("name").GetString() == "Markdig");
    }

    [Fact]
    public async Task Cards_OfARun_AreThoseOfItsTasks()
    {
        var cards = await GetAsync($"{Run}/cards");

        var card = Assert.Single(cards.GetProperty("items").EnumerateArray());
        Assert.Equal(("End", "default", "complete"), (card.GetProperty("step").GetString(), card.GetProperty("card").GetProperty("type").GetString(), card.GetProperty("card").GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Array_ItsFigures_AreThoseOfItsNumbers()
    {
        var end = (await GetAsync($"{Run}/tasks?step=End")).GetProperty("items")[0].GetProperty("id").GetString();
        var array = (await GetAsync($"{Run}/steps/End/tasks/{end}/artifacts/Weights")).GetProperty("array");

        var numbers = Enumerable.Range(0, 64).Select(at => Math.Sin(at * 0.1 * 2)).ToList();
        Assert.Equal(numbers.Min(), array.GetProperty("minimum").GetDouble(), 12);
        Assert.Equal(numbers.Max(), array.GetProperty("maximum").GetDouble(), 12);
        Assert.Equal(numbers.Average(), array.GetProperty("mean").GetDouble(), 12);
        var mean = numbers.Average();
        Assert.Equal(Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / 63), array.GetProperty("deviation").GetDouble(), 10);
        Assert.Equal(64, array.GetProperty("histogram").EnumerateArray().Sum(bin => bin.GetInt32()));
    }

    [Fact]
    public async Task Events_OfAFinishedRun_BeginWithItsProgress()
    {
        using var request = Request($"{Run}/events");
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("event: progress", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Contains("\"status\":\"succeeded\"", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Log_AsText_HasEveryLineWithItsStream()
    {
        var train = (await GetAsync($"{Run}/tasks?step=Train&q=north")).GetProperty("items")[0].GetProperty("id").GetString();
        using var request = Request($"{Run}/steps/Train/tasks/{train}/attempts/0/log/text");
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);

        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd().Split('\n');
        Assert.Equal(31, lines.Length);
        Assert.Contains(" out north: epoch 1 loss", lines[0]);
        Assert.Contains(lines, line => line.Contains(" err ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("runs?limit=0", HttpStatusCode.BadRequest, "'limit' is '0'")]
    [InlineData("runs?sort=colour", HttpStatusCode.BadRequest, "one of started, duration")]
    [InlineData("runs?after=x", HttpStatusCode.BadRequest, "Take it from 'next'")]
    [InlineData("flows/Nothing/runs/1", HttpStatusCode.NotFound, "Nothing")]
    [InlineData("flows/ShowcaseFlow/runs/9999", HttpStatusCode.NotFound, "9999")]
    [InlineData("flows/ShowcaseFlow/runs/x", HttpStatusCode.BadRequest, "'x'")]
    [InlineData("flows/ShowcaseFlow/runs/1/steps/Start/tasks/77", HttpStatusCode.NotFound, "no task 77")]
    [InlineData("flows/ShowcaseFlow/runs/1/steps/Start/tasks/1/artifacts/None", HttpStatusCode.NotFound, "no artifact 'None'")]
    [InlineData("flows/ShowcaseFlow/runs/1/tasks?outcome=good", HttpStatusCode.BadRequest, "Outcomes are")]
    [InlineData("flows/ShowcaseFlow/runs/1/code/file?path=../../../../etc/passwd", HttpStatusCode.NotFound, "have no file")]
    [InlineData("flows/ShowcaseFlow/runs/1/code/file/content?path=%2Fetc%2Fpasswd", HttpStatusCode.NotFound, "have no file")]
    [InlineData("flows/ShowcaseFlow/runs/1/code/file", HttpStatusCode.BadRequest, "'path' is missing")]
    [InlineData("nothing", HttpStatusCode.NotFound, "no such address")]
    public async Task Request_ThatMakesNoSense_SaysWhatIsWrong(string path, HttpStatusCode status, string part)
    {
        using var request = Request(path);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        using var reply = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains(part, reply.RootElement.GetProperty("error").GetString());
    }

    private HttpRequestMessage Request(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Url, "api/v1/" + path));
        request.Headers.Authorization = new("Bearer", world.Token);
        return request;
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var request = Request(path);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
