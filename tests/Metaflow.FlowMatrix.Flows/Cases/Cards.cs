using Metaflow;
using Metaflow.Cards;

[assembly: MetaflowExtension(typeof(Metaflow.FlowMatrix.Cases.EndlessCards))]

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Brings a kind of card that never ends, and cannot be told to.</summary>
internal sealed class EndlessCards : IMetaflowExtension
{
    public void Register(IExtensionRegistry registry) => registry.AddCardType<EndlessCard>();
}

/// <summary>Computes for ever.</summary>
internal sealed class EndlessCard : CardType
{
    public override string Name => "endless";

    public override IEnumerable<CardComponent> Render(CardContext context)
    {
        while (true)
        {
            Thread.SpinWait(1000);
        }
    }
}

/// <summary>A card that does not end, then one of a process that dies.</summary>
internal sealed partial class CardCrashFlow : FlowSpec
{
    [Parameter] public string Way { get; init; } = "none";

    [Artifact] public partial int FirstProcess { get; set; }

    [Artifact] public partial int SecondProcess { get; set; }

    [Step, Card(Type = "endless", TimeoutSeconds = 0.2)]
    public Transition Start()
    {
        FirstProcess = Environment.ProcessId;
        return Next(Middle);
    }

    [Step, Card]
    public Transition Middle()
    {
        SecondProcess = Environment.ProcessId;
        Current.Card.Append(new Markdown("the **last** words"));
        Current.Card.Refresh();
        Leaving.By(Way);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
