using System.Text.Json.Serialization;

namespace Metaflow.Dashboard.Views;

/// <summary>How the views are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StoreInfo))]
[JsonSerializable(typeof(IReadOnlyList<FlowItem>))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(FilterChoices))]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(RunProgress))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(Timeline))]
[JsonSerializable(typeof(TaskDetail))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(LogMatches))]
[JsonSerializable(typeof(ArtifactList))]
[JsonSerializable(typeof(ArtifactPreview))]
[JsonSerializable(typeof(ArtifactHits))]
[JsonSerializable(typeof(ComparisonView))]
[JsonSerializable(typeof(CardList))]
[JsonSerializable(typeof(RunCardList))]
[JsonSerializable(typeof(CodeView))]
[JsonSerializable(typeof(CodeFile))]
[JsonSerializable(typeof(EnvironmentView))]
[JsonSerializable(typeof(ErrorReply))]
internal sealed partial class ApiJson : JsonSerializerContext;
