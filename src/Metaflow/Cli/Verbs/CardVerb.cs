using Metaflow.Cards;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Cli.Serving;
using Metaflow.Client;

namespace Metaflow.Cli.Verbs;

/// <summary><c>card</c>: lists cards, opens them, saves them, serves them while tasks run.</summary>
internal sealed class CardVerb : CliVerb
{
    private const string Verb = "card";
    private const int DefaultMaxCards = 30;
    private const int ShownHash = 8;

    private static readonly CliOption Id = new("id", "Only cards with this id.") { Verb = Verb, ValueName = "text" };

    private static readonly CliOption Type = new("type", "Only cards of this kind.") { Verb = Verb, ValueName = "text" };

    private static readonly CliOption Hash = new("hash", "Only the card whose hash begins so; 'card list' prints hashes.") { Verb = Verb, ValueName = "text" };

    private static readonly CliOption Attempt = new("attempt", "Only cards of this attempt; 0 is the first. Default: the last one of each task.") { Verb = Verb, ValueName = "int" };

    private static readonly CliOption Theme = new("theme", "light, dark or automatic. Default: automatic, as the reader's system is.") { Verb = Verb, ValueName = "text" };

    private static readonly CliOption MaxCards = new("max-cards", "The most cards on a page. Default: 30.") { Verb = Verb, ValueName = "int" };

    private static readonly CliOption Port = new("port", "server: the port; 0 takes a free one. Default: 8324.") { Verb = Verb, ValueName = "int" };

    private static readonly CliOption PollInterval = new("poll-interval", "server: how often a page looks for changes, in seconds. Default: 2.") { Verb = Verb, ValueName = "int" };

    private static readonly CliOption Json = new("json", "list: a JSON array.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Id, Type, Hash, Attempt, Theme, MaxCards, Port, PollInterval, Json];

    public override CliArgument Argument => new(
        "list|view|get|server [PATHSPEC] [FILE]",
        "list the cards; view them in the browser; get them as one HTML file, or on standard output; serve them live. PATHSPEC is "
        + PathSpec.Description + " Default: latest.",
        IsRequired: true,
        IsMany: true);

    public override IReadOnlyList<string> Examples =>
        ["card list", "card view latest/Train", "card get 3/End report.html", "card get 3/Rank/17 --id errors > card.html", "card server"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var words = context.Line.Words;
        var action = words[0];
        var most = action == "get" ? 3 : 2;
        if (words.Count > most)
        {
            throw new UsageException($"'card {action}' does not know what to do with '{words[most]}'. See 'help card'.");
        }

        var path = words.Count > 1 ? words[1] : null;
        return action switch
        {
            "list" => ListAsync(context, path, cancellationToken),
            "view" => ViewAsync(context, path, cancellationToken),
            "get" => GetAsync(context, path, words.Count > 2 ? words[2] : null, cancellationToken),
            "server" => ServeAsync(context, path, cancellationToken),
            _ => throw new UsageException($"'card' has no command '{action}'.{NearestMatch.Hint(action, ["list", "view", "get", "server"])} There are: list, view, get, server."),
        };
    }

    private static CardFilter Filter(VerbContext context) => new(
        context.Options.Text(Type),
        context.Options.Text(Id),
        context.Options.Text(Hash),
        context.Options.Find(Attempt) is null ? null : context.Options.Int32(Attempt, minimum: 0, absent: 0));

    private static Task<int> ListAsync(VerbContext context, string? path, CancellationToken cancellationToken)
    {
        using var source = CardSource.Open(context, path);
        var run = source.Run();
        var cards = Read(source.Cards(run, Filter(context)), cancellationToken);
        if (context.Options.Has(Json))
        {
            CardJson.Write(context.Out, cards);
            return Task.FromResult(ExitCodes.Ok);
        }

        if (cards.Count == 0)
        {
            context.Error.WriteLine($"There are no such cards in {run.PathSpec}. A step has cards if it is marked [Card], or the run was started with '--with card'.");
            return Task.FromResult(ExitCodes.Ok);
        }

        var rows = new List<string[]> { (string[])["TASK", "ATTEMPT", "TYPE", "ID", "STATUS", "HASH"] };
        rows.AddRange(cards.Select(card => (string[])
        [
            card.TaskPathSpec[(run.FlowName.Length + 1)..], ObjectText(card.Attempt), card.Type, card.Id ?? "-", CardJson.Word(card.Status), card.Hash[..ShownHash],
        ]));
        TextTable.Write(context.Out, rows);
        return Task.FromResult(ExitCodes.Ok);
    }

    private static async Task<int> GetAsync(VerbContext context, string? path, string? file, CancellationToken cancellationToken)
    {
        var (html, count) = Page(context, path, cancellationToken);
        if (file is null)
        {
            context.Out.Write(html);
            return ExitCodes.Ok;
        }

        var target = Path.GetFullPath(file, context.Host.Environment.WorkingDirectory);
        try
        {
            await File.WriteAllTextAsync(target, html, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new MetaflowException($"The cards cannot be written to {target}: {fault.Message}", fault);
        }

        if (!context.IsQuiet)
        {
            context.Error.WriteLine($"Wrote {Counted(count)} to {file}.");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> ViewAsync(VerbContext context, string? path, CancellationToken cancellationToken)
    {
        var (html, count) = Page(context, path, cancellationToken);

        // A directory of its own: nobody else can have put a file or a link there.
        var file = Path.Join(Directory.CreateTempSubdirectory("metaflow-card-").FullName, "card.html");
        await File.WriteAllTextAsync(file, html, cancellationToken).ConfigureAwait(false);
        var opened = Browser.TryOpen(file, context.Host.Console.IsTerminal, context.Host.Environment);
        context.Error.WriteLine(opened ? $"Opened {Counted(count)} in the browser: {file}" : $"Open {Counted(count)} in a browser:");
        if (!opened)
        {
            context.Out.WriteLine(file);
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> ServeAsync(VerbContext context, string? path, CancellationToken cancellationToken)
    {
        using var source = CardSource.Open(context, path);
        var model = new CardServerModel(
            source, Filter(context), context.Options.Int32(MaxCards, minimum: 1, DefaultMaxCards), Colors(context), context.Options.Int32(PollInterval, minimum: 1, absent: 2));
        using var server = new CardServer(model, context.Options.Int32(Port, minimum: 0, absent: CardServer.DefaultPort), context.Host.Time);
        context.Error.WriteLine($"Cards of {(source.IsLatest ? "the newest run" : source.Run().PathSpec)}, live. Open this address; end with Ctrl-C:");
        context.Out.WriteLine(server.Address);
        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        await server.RunAsync(cancellationToken).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private static (string Html, int Count) Page(VerbContext context, string? path, CancellationToken cancellationToken)
    {
        using var source = CardSource.Open(context, path);
        var run = source.Run();
        var most = context.Options.Int32(MaxCards, minimum: 1, DefaultMaxCards);
        var cards = Read(source.Cards(run, Filter(context)).Take(most + 1), cancellationToken);
        if (cards.Count == 0)
        {
            throw new MetaflowException(
                $"There is no such card in {run.PathSpec}. 'card list' shows what there is; a step has cards if it is marked [Card], or the run was started with '--with card'.");
        }

        if (cards.Count > most)
        {
            cards.RemoveAt(most);
            context.Error.WriteLine($"Only the first {most} cards are shown. Name a step or a task, or give --max-cards.");
        }

        var title = cards.Count == 1 ? cards[0].Title ?? cards[0].TaskPathSpec : run.PathSpec;
        return (CardPage.Of([.. cards.Select(card => card.Document)], title, Colors(context)), cards.Count);
    }

    private static List<CardReference> Read(IEnumerable<CardReference> cards, CancellationToken cancellationToken)
    {
        var list = new List<CardReference>();
        foreach (var card in cards)
        {
            cancellationToken.ThrowIfCancellationRequested();
            list.Add(card);
        }

        return list;
    }

    private static CardColors Colors(VerbContext context) => context.Options.Enum(Theme, CardColors.Automatic);

    private static string Counted(int cards) => cards == 1 ? "1 card" : $"{cards} cards";

    private static string ObjectText(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
