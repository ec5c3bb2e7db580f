using System.Globalization;
using Metaflow.Cli;
using Metaflow.Dashboard.Data;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Records;

namespace Metaflow.Dashboard.Api;

/// <summary>The routes of the API, version 1. The description is made of this table.</summary>
internal static class ApiRoutes
{
    /// <summary>Where the API is, below the place of the dashboard.</summary>
    public const string Prefix = "/api/v1";

    private const string Run = "/flows/{flow}/runs/{run}";
    private const string Task = Run + "/steps/{step}/tasks/{task}";
    private const string Artifact = Task + "/artifacts/{artifact}";
    private const string Attempt = Task + "/attempts/{attempt}";
    private const string Log = Attempt + "/log";

    private static readonly ApiParameter Limit = new("limit", "The most items to give.", "integer");
    private static readonly ApiParameter Offset = new("offset", "How many items to leave out before.", "integer");
    private static readonly ApiParameter After = new("after", "'next' of the page before.");
    private static readonly ApiParameter File = new("path", "The file, by its path in the sources.");
    private static readonly ApiParameter Stream = new("stream", "'both' (default), 'out' or 'err'.");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        .. OfStore(),
        .. OfRun(),
        .. OfTask(),
        .. OfLog(),
    ];

    private static IEnumerable<ApiRoute> OfStore() =>
    [
        ApiRoute.Json("/store", "The store that is shown.", ApiJson.Default.StoreInfo, request => new StoreInfo
        {
            Root = request.Data.Store.Client.DatastoreRoot,
            Version = ProductVersion.Text,
            Namespace = request.Data.Store.Client.Namespace,
            Unreadable = [.. request.Data.Store.Client.UnreadableRuns.Take(20).Select(fault => fault.Message)],
            Now = request.Data.Store.Now,
        }),
        ApiRoute.Json(
            "/flows", "The flows that have runs, with their latest runs.", ApiJson.Default.IReadOnlyListFlowItem,
            request => request.Data.Runs.Flows(request.Number("latest", 20, 1, 100)), new ApiParameter("latest", "How many runs of each flow.", "integer")),
        ApiRoute.Json(
            "/runs", "Runs, newest first unless another order is asked for.", ApiJson.Default.RunPage, request => request.Data.Runs.Page(RunQuery(request)),
            new("flow", "Only runs of this flow."),
            new("status", "Only runs in this state: running, succeeded, failed, interrupted or lost.", IsList: true),
            new("user", "Only runs that this user started."),
            new("tag", "Only runs with this tag.", IsList: true),
            new("from", "Only runs that started at this time or later.", "number"),
            new("before", "Only runs that started before this time.", "number"),
            new("parameter", "Only runs whose parameter contains a value: name=value.", IsList: true),
            new("q", "Words that must each be found in the path, user, tags or parameters."),
            new("sort", "'started' (default), 'duration', 'flow', 'user' or 'status'."),
            new("order", "'desc' (default) or 'asc'."),
            new("parameters", "Whether to give the parameters too.", "boolean"),
            After, Limit),
        ApiRoute.Json("/choices", "What filters can be set to.", ApiJson.Default.FilterChoices, request => request.Data.Runs.Choices()),
        ApiRoute.Json(
            "/artifacts", "Artifacts and parameters of the latest runs by name and value.", ApiJson.Default.ArtifactHits,
            request => request.Data.Search.Find(request.Text("q") ?? "", request.Text("flow"), request.Text("after")),
            new("q", "A part of a name, or name:value."), new("flow", "Only runs of this flow."), After),
        ApiRoute.Json("/compare", "Two runs side by side.", ApiJson.Default.ComparisonView, Compare, new("a", "The first run: Flow/1."), new("b", "The second run: Flow/2.")),
        ApiRoute.Raw(
            "/events", "Server-sent events: 'runs' whenever the list of runs has changed.", "text/event-stream",
            request => request.Data.Changes.RunsAsync(request.Http)),
    ];

    private static IEnumerable<ApiRoute> OfRun() =>
    [
        ApiRoute.Json(Run, "A run with its graph, parameters and progress.", ApiJson.Default.RunDetail, request => request.Data.Details.Detail(request.Path("flow"), request.Path("run"))),
        ApiRoute.Json(Run + "/progress", "How far a run is.", ApiJson.Default.RunProgress, request => request.Data.Details.Progress(request.Path("flow"), request.Path("run"))),
        ApiRoute.Json(
            Run + "/tasks", "The tasks of a run.", ApiJson.Default.TaskPage, request => request.Data.Tasks.Page(request.Path("flow"), request.Path("run"), TaskQuery(request)),
            new("step", "Only tasks of this step."),
            new("outcome", "Only attempts that ended so: succeeded, failed, retrying or caught."),
            new("sort", "'id' (default), 'started' or 'duration'."),
            new("order", "'asc' (default) or 'desc'."),
            new("q", "A task id, or a part of a foreach item or of an error."),
            Offset, Limit),
        ApiRoute.Json(
            Run + "/timeline", "When the steps of a run were executed.", ApiJson.Default.Timeline,
            request => request.Data.Timelines.Of(
                request.Path("flow"), request.Path("run"), request.Time("from"), request.Time("to"), request.Number("buckets", 200, 10, 2_000)),
            new("from", "The beginning of the range.", "number"), new("to", "The end of the range.", "number"),
            new("buckets", "How many parts a density has.", "integer")),
        ApiRoute.Json(
            Run + "/parameters/{artifact}", "A parameter to look at.", ApiJson.Default.ArtifactPreview,
            request => request.Data.Artifacts.Preview(request.Path("flow"), request.Path("run"), null, null, request.Path("artifact"))),
        ApiRoute.Raw(
            Run + "/parameters/{artifact}/content", "A parameter as it is stored.", "application/octet-stream", Downloads.ParameterAsync),
        ApiRoute.Json(
            Run + "/cards", "The cards of a run: of its steps' first tasks, and of tasks that run.", ApiJson.Default.RunCardList,
            request => request.Data.Cards.OfRun(request.Path("flow"), request.Path("run"))),
        ApiRoute.Json(
            Run + "/code", "The sources of the program that executed a run: files, and the state of git.", ApiJson.Default.CodeView,
            request => request.Data.Code.Code(request.Path("flow"), request.Path("run"))),
        ApiRoute.Json(
            Run + "/code/file", "A file of the sources to look at.", ApiJson.Default.CodeFile,
            request => request.Data.Code.File(request.Path("flow"), request.Path("run"), PathOf(request)), File),
        ApiRoute.Raw(Run + "/code/file/content", "A file of the sources as it is stored.", "application/octet-stream", Downloads.CodeAsync, File),
        ApiRoute.Json(
            Run + "/code/difference", "How the sources differed from the git commit, as 'git diff' writes it.", ApiJson.Default.CodeFile,
            request => request.Data.Code.Difference(request.Path("flow"), request.Path("run"))),
        ApiRoute.Json(
            Run + "/environment", "The machine, the runtime and the packages with which a run was executed.", ApiJson.Default.EnvironmentView,
            request => request.Data.Code.Environment(request.Path("flow"), request.Path("run"))),
        ApiRoute.Raw(
            Run + "/events", "Server-sent events: 'progress' with how far the run is, whenever that has changed.", "text/event-stream",
            request => request.Data.Changes.ProgressAsync(request.Http, request.Path("flow"), request.Path("run"))),
    ];

    private static IEnumerable<ApiRoute> OfTask() =>
    [
        ApiRoute.Json(
            Task, "A task with its attempts.", ApiJson.Default.TaskDetail,
            request => request.Data.Task.Detail(request.Path("flow"), request.Path("run"), request.Path("step"), request.Path("task"))),
        ApiRoute.Json(
            Task + "/artifacts", "The artifacts of a task.", ApiJson.Default.ArtifactList,
            request => request.Data.Artifacts.List(request.Path("flow"), request.Path("run"), request.Path("step"), request.Path("task"))),
        ApiRoute.Json(
            Artifact, "An artifact to look at.", ApiJson.Default.ArtifactPreview,
            request => request.Data.Artifacts.Preview(request.Path("flow"), request.Path("run"), request.Path("step"), request.Path("task"), request.Path("artifact"))),
        ApiRoute.Raw(
            Artifact + "/content", "An artifact as it is stored; the file itself of an included file.", "application/octet-stream", Downloads.ArtifactAsync,
            new ApiParameter("inline", "Whether an image is to be shown rather than saved.", "boolean")),
    ];

    private static IEnumerable<ApiRoute> OfLog() =>
    [
        ApiRoute.Json(
            Attempt + "/cards", "The cards of an attempt.", ApiJson.Default.CardList,
            request => request.Data.Cards.List(request.Path("flow"), request.Path("run"), request.Path("step"), request.Path("task"), AttemptOf(request))),
        ApiRoute.Raw(
            Attempt + "/cards/{card}", "A card as one self-contained page, by its hash.", "text/html", Downloads.CardAsync,
            new ApiParameter("colors", "'auto' (default), 'light' or 'dark'."), new ApiParameter("download", "Whether the page is to be saved rather than shown.", "boolean")),
        ApiRoute.Json(
            Log, "Lines that an attempt printed.", ApiJson.Default.LogPage,
            request => request.Data.Logs.Page(LogKey(request), request.Number("from", 0, int.MinValue, int.MaxValue), request.Number("limit", 500, 1, 5_000)),
            new("from", "The first line; negative counts from the end.", "integer"), Limit, Stream),
        ApiRoute.Json(
            Log + "/matches", "The lines that contain a text.", ApiJson.Default.LogMatches,
            request => request.Data.Logs.Find(LogKey(request), request.Text("q") ?? throw new BadRequestException("'q' is missing.")),
            new("q", "The text; case does not matter."), Stream),
        ApiRoute.Raw(Log + "/text", "What an attempt printed, as text.", "text/plain", Downloads.LogAsync, Stream),
    ];

    internal static LogKey LogKey(ApiRequest request) => new(
        request.Path("flow"), request.Path("run"), request.Path("step"), request.Path("task"),
        AttemptOf(request),
        request.Word("stream", "both", "out", "err") switch { "out" => LogStream.Out, "err" => LogStream.Error, _ => null });

    internal static string PathOf(ApiRequest request) => request.Text("path") ?? throw new BadRequestException("'path' is missing.");

    internal static int AttemptOf(ApiRequest request) =>
        int.TryParse(request.Path("attempt"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? attempt
            : throw new BadRequestException("An attempt is a number from 0.");

    private static RunListQuery RunQuery(ApiRequest request) => new()
    {
        Flow = request.Text("flow"),
        Statuses = request.Texts("status"),
        User = request.Text("user"),
        Tags = request.Texts("tag"),
        From = Time(request.Time("from")),
        Before = Time(request.Time("before")),
        Words = request.Text("q")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
        Parameters = [.. request.Texts("parameter").Select(text => text.Split('=', 2) is [var name, var value]
            ? (name, value)
            : throw new BadRequestException($"'{text}' is not a parameter with its value. Write name=value."))],
        Sort = request.Word("sort", "started", "duration", "flow", "user", "status"),
        IsAscending = request.Word("order", "desc", "asc") == "asc",
        After = request.Text("after"),
        Limit = request.Number("limit", 50, 1, 500),
        WithParameters = request.Flag("parameters"),
    };

    private static TaskListQuery TaskQuery(ApiRequest request) => new()
    {
        Step = request.Text("step"),
        Outcome = request.Text("outcome") is { } word ? Words.ToOutcome(word) : null,
        Sort = request.Word("sort", "id", "started", "duration"),
        IsDescending = request.Word("order", "asc", "desc") == "desc",
        Offset = request.Number("offset", 0, 0, int.MaxValue),
        Limit = request.Number("limit", 100, 1, 1_000),
        Text = request.Text("q"),
    };

    private static ComparisonView Compare(ApiRequest request) => request.Data.Comparisons.Of(
        request.Text("a") ?? throw new BadRequestException("'a' must name a run: Flow/1."),
        request.Text("b") ?? throw new BadRequestException("'b' must name a run: Flow/1."),
        request.Http.RequestAborted);

    private static DateTimeOffset? Time(double? millis) => millis is { } time ? DateTimeOffset.UnixEpoch.AddMilliseconds(time) : null;
}
