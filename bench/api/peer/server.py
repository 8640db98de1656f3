"""The peer: FastAPI, SQLAlchemy (async) and asyncpg with pydantic response models, as the reviewed product is built.

No authentication, row-level security, logs or metrics. Usage: server.py DATABASE_URL PORT
"""
import base64
import json
import sys
import uuid
from datetime import date, datetime, timezone
from typing import Any, Dict, List, Optional

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import Boolean, Column, Date, DateTime, Float, ForeignKey, Integer, String, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import declarative_base, foreign, relationship, selectinload, sessionmaker

DATABASE_URL, PORT = sys.argv[1], int(sys.argv[2])
engine = create_async_engine(DATABASE_URL.replace("postgres://", "postgresql+asyncpg://"), pool_size=20, max_overflow=0)
Session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
Base = declarative_base()
app = FastAPI()


class Project(Base):
    __tablename__ = "projects"
    id = Column(UUID(as_uuid=True), primary_key=True)
    slug = Column(String)


class TechnologyUsage(Base):
    __tablename__ = "technology_usage"
    project_id = Column(UUID(as_uuid=True), primary_key=True)
    technology_slug = Column(String, primary_key=True)
    repositories = Column(Integer)
    detections = Column(Integer)
    versions = Column(ARRAY(String))
    compared = Column(JSONB)
    confidence = Column(Float)
    runtime = Column(Boolean)


class Technology(Base):
    __tablename__ = "technologies"
    id = Column(UUID(as_uuid=True), primary_key=True, default=uuid.uuid4)
    project_id = Column(UUID(as_uuid=True), ForeignKey("projects.id"))
    slug = Column(String)
    name = Column(String)
    kind = Column(String)
    quadrant = Column(String)
    ring = Column(String)
    description = Column(String, default="")
    owner = Column(String)
    tags = Column(ARRAY(String), default=list)
    homepage = Column(String)
    links = Column(JSONB, default=list)
    standard_version = Column(String)
    review_date = Column(Date)
    catalogued = Column(Boolean, default=False)
    edited = Column(ARRAY(String), default=list)
    used = Column(Boolean, default=False)
    version = Column(Integer, default=1)
    archived_at = Column(DateTime(timezone=True))
    created_at = Column(DateTime(timezone=True), default=lambda: datetime.now(timezone.utc))
    updated_at = Column(DateTime(timezone=True), default=lambda: datetime.now(timezone.utc))
    usage = relationship(
        TechnologyUsage,
        primaryjoin=and_(foreign(TechnologyUsage.project_id) == project_id, foreign(TechnologyUsage.technology_slug) == slug),
        uselist=False,
        viewonly=True,
    )


class Repository(Base):
    __tablename__ = "repositories"
    id = Column(UUID(as_uuid=True), primary_key=True)
    project_id = Column(UUID(as_uuid=True))
    state = Column(String)
    archived_at = Column(DateTime(timezone=True))


class Scan(Base):
    __tablename__ = "scans"
    id = Column(UUID(as_uuid=True), primary_key=True)
    repository_id = Column(UUID(as_uuid=True))


class Document(Base):
    __tablename__ = "documents"
    id = Column(UUID(as_uuid=True), primary_key=True)
    project_id = Column(UUID(as_uuid=True))
    state = Column(String)


class Job(Base):
    __tablename__ = "jobs"
    id = Column(UUID(as_uuid=True), primary_key=True)
    project_id = Column(UUID(as_uuid=True))
    kind = Column(String)
    root_id = Column(UUID(as_uuid=True))
    subject_kind = Column(String)
    subject_id = Column(String)
    state = Column(String)
    progress = Column(JSONB)
    result = Column(JSONB)
    problem = Column(JSONB)
    attempt = Column(Integer)
    created_at = Column(DateTime(timezone=True))
    started_at = Column(DateTime(timezone=True))
    finished_at = Column(DateTime(timezone=True))


class Activity(Base):
    __tablename__ = "activity"
    id = Column(UUID(as_uuid=True), primary_key=True, default=uuid.uuid4)
    project_id = Column(UUID(as_uuid=True))
    at = Column(DateTime(timezone=True), default=lambda: datetime.now(timezone.utc))
    actor_kind = Column(String)
    actor_id = Column(String)
    actor_name = Column(String)
    action = Column(String)
    subject_kind = Column(String)
    subject_id = Column(String)
    after = Column(JSONB)


def to_camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def to_utc(value: datetime) -> str:
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


class Answer(BaseModel):
    class Config:
        orm_mode = True
        alias_generator = to_camel
        allow_population_by_field_name = True
        json_encoders = {datetime: to_utc}


class UsageOut(Answer):
    repositories: int = 0
    detections: int = 0
    versions: List[str] = []
    confidence: float = 0
    runtime: bool = False


class TechnologyOut(Answer):
    id: uuid.UUID
    slug: str
    name: str
    kind: str
    quadrant: str
    ring: Optional[str]
    description: str
    owner: Optional[str]
    tags: List[str]
    homepage: Optional[str]
    links: List[Dict[str, str]]
    standard_version: Optional[str]
    review_date: Optional[date]
    catalogued: bool
    usage: Optional[UsageOut]
    version: int
    archived_at: Optional[datetime]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Technology) -> "TechnologyOut":
        answer = cls.from_orm(row)
        if answer.usage is None:
            answer.usage = UsageOut()
        return answer


class TechnologyPage(Answer):
    items: List[TechnologyOut]
    next_cursor: Optional[str]
    total: int


class TechnologyIn(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    slug: str = Field(regex="^[a-z0-9][a-z0-9._-]*$", max_length=200)
    kind: str
    quadrant: str
    description: str = ""
    tags: List[str] = []


class RepositoryFigures(Answer):
    total: int
    ready: int
    unreachable: int
    scanned: int


class TechnologyFigures(Answer):
    total: int
    adopt: int
    trial: int
    assess: int
    hold: int
    unreviewed: int


class DriftFigures(Answer):
    total: int
    by_kind: Dict[str, int]


class DocumentFigures(Answer):
    ready: int
    pending: int
    failed: int
    gone: int


class JobOut(Answer):
    id: uuid.UUID
    kind: str
    root_id: uuid.UUID
    subject_kind: Optional[str]
    subject_id: Optional[str]
    state: str
    progress: Optional[Dict[str, Any]]
    result: Any
    problem: Optional[Dict[str, Any]]
    attempt: int
    created_at: datetime
    started_at: Optional[datetime]
    finished_at: Optional[datetime]


class JobFigures(Answer):
    unfinished: int
    running: List[JobOut]


class ActorOut(Answer):
    kind: str
    id: str
    name: str


class ActivityOut(Answer):
    id: uuid.UUID
    at: datetime
    actor: ActorOut
    action: str
    subject_kind: str
    subject_id: str


class Overview(Answer):
    repositories: RepositoryFigures
    technologies: TechnologyFigures
    drift: DriftFigures
    documents: DocumentFigures
    jobs: JobFigures
    activity: List[ActivityOut]


async def get_session():
    async with Session() as session:
        yield session


project_id: Optional[uuid.UUID] = None


async def get_project(session: AsyncSession = Depends(get_session)) -> uuid.UUID:
    global project_id
    if project_id is None:
        project_id = (await session.execute(select(Project.id).where(Project.slug == "default"))).scalar_one()
    return project_id


@app.get("/api/v1/technologies", response_model=TechnologyPage)
async def list_technologies(
    limit: int = 50,
    ring: Optional[str] = None,
    kind: Optional[str] = None,
    quadrant: Optional[str] = None,
    used: Optional[bool] = None,
    q: Optional[str] = None,
    project: uuid.UUID = Depends(get_project),
    session: AsyncSession = Depends(get_session),
):
    conditions = [Technology.project_id == project, Technology.archived_at.is_(None)]
    if ring is not None:
        conditions.append(Technology.ring.is_(None) if ring == "unreviewed" else Technology.ring == ring)
    if kind is not None:
        conditions.append(Technology.kind == kind)
    if quadrant is not None:
        conditions.append(Technology.quadrant == quadrant)
    if used is not None:
        conditions.append(Technology.used == used)
    if q is not None:
        pattern = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(
            or_(
                Technology.name.ilike(pattern),
                Technology.slug.ilike(pattern),
                func.array_to_string(Technology.tags, "\n").ilike(pattern),
            )
        )
    total = (await session.execute(select(func.count()).select_from(Technology).where(*conditions))).scalar_one()
    statement = (
        select(Technology)
        .where(*conditions)
        .options(selectinload(Technology.usage))
        .order_by(func.lower(Technology.name), Technology.id)
        .limit(limit + 1)
    )
    rows = (await session.execute(statement)).scalars().all()
    items = rows[:limit]
    cursor = None
    if len(rows) > limit:
        key = json.dumps({"name": items[-1].name.lower(), "id": str(items[-1].id)}, separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
    return TechnologyPage(items=[TechnologyOut.of(row) for row in items], next_cursor=cursor, total=total)


@app.get("/api/v1/technologies/{slug}", response_model=TechnologyOut)
async def get_technology(
    slug: str, project: uuid.UUID = Depends(get_project), session: AsyncSession = Depends(get_session)
):
    statement = (
        select(Technology)
        .where(Technology.project_id == project, Technology.slug == slug)
        .options(selectinload(Technology.usage))
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise HTTPException(404)
    return TechnologyOut.of(row)


@app.post("/api/v1/technologies", response_model=TechnologyOut, status_code=201)
async def create_technology(
    body: TechnologyIn, project: uuid.UUID = Depends(get_project), session: AsyncSession = Depends(get_session)
):
    row = Technology(id=uuid.uuid4(), project_id=project, edited=["name", "kind", "quadrant"], **body.dict())
    session.add(row)
    session.add(
        Activity(
            project_id=project,
            actor_kind="user",
            actor_id="peer",
            actor_name="Peer",
            action="radar.create",
            subject_kind="technology",
            subject_id=str(row.id),
            after={"slug": body.slug, "name": body.name},
        )
    )
    await session.commit()
    usage = await session.get(TechnologyUsage, (project, body.slug))
    answer = {column.name: getattr(row, column.name) for column in Technology.__table__.columns}
    return TechnologyOut(**answer, usage=UsageOut.from_orm(usage) if usage else UsageOut())


def is_behind(standard: str, compared: List[List[Optional[str]]]) -> bool:
    floor = int(standard.split(".")[0])
    return any(int((locked or "").split(".")[0]) < floor for _, _, locked in compared)


@app.get("/api/v1/overview", response_model=Overview)
async def get_overview(project: uuid.UUID = Depends(get_project), session: AsyncSession = Depends(get_session)):
    tracked = [Repository.project_id == project, Repository.archived_at.is_(None)]
    states = dict(
        (await session.execute(select(Repository.state, func.count()).where(*tracked).group_by(Repository.state))).all()
    )
    scanned = (
        await session.execute(
            select(func.count()).select_from(Repository).where(*tracked, exists().where(Scan.repository_id == Repository.id))
        )
    ).scalar_one()
    listed = [Technology.project_id == project, Technology.archived_at.is_(None)]
    rings = (
        await session.execute(
            select(Technology.ring, Technology.used, Technology.kind, func.count())
            .where(*listed)
            .group_by(Technology.ring, Technology.used, Technology.kind)
        )
    ).all()
    overdue = (
        await session.execute(
            select(func.count()).select_from(Technology).where(*listed, Technology.review_date < func.current_date())
        )
    ).scalar_one()
    standards = (
        await session.execute(
            select(Technology.standard_version, TechnologyUsage.compared)
            .join(
                TechnologyUsage,
                and_(
                    TechnologyUsage.project_id == Technology.project_id, TechnologyUsage.technology_slug == Technology.slug
                ),
            )
            .where(
                *listed,
                Technology.standard_version.isnot(None),
                or_(
                    Technology.catalogued.is_(False),
                    Technology.kind.notin_(["database", "infrastructure", "service", "ci"]),
                ),
            )
        )
    ).all()
    documents = dict(
        (
            await session.execute(
                select(Document.state, func.count()).where(Document.project_id == project).group_by(Document.state)
            )
        ).all()
    )
    unfinished = (
        await session.execute(
            select(func.count())
            .select_from(Job)
            .where(Job.project_id == project, Job.state.in_(["queued", "running"]))
        )
    ).scalar_one()
    running = (
        (
            await session.execute(
                select(Job).where(Job.project_id == project, Job.state == "running").order_by(Job.id.desc()).limit(10)
            )
        )
        .scalars()
        .all()
    )
    activity = (
        (
            await session.execute(
                select(Activity)
                .where(Activity.project_id == project)
                .order_by(Activity.at.desc(), Activity.id.desc())
                .limit(20)
            )
        )
        .scalars()
        .all()
    )
    by_ring = {name: sum(n for ring, _, _, n in rings if ring == name) for name in ("adopt", "trial", "assess", "hold")}
    unreviewed = sum(n for ring, used, _, n in rings if ring is None and used)
    by_kind = {
        "hold-used": sum(n for ring, used, _, n in rings if ring == "hold" and used),
        "version-behind": sum(1 for standard, compared in standards if is_behind(standard, compared)),
        "adopted-unused": sum(n for ring, used, kind, n in rings if ring == "adopt" and not used and kind != "technique"),
        "unreviewed-used": unreviewed,
        "review-overdue": overdue,
    }
    return Overview(
        repositories=RepositoryFigures(
            total=sum(states.values()),
            ready=states.get("ready", 0),
            unreachable=states.get("unreachable", 0),
            scanned=scanned,
        ),
        technologies=TechnologyFigures(**by_ring, unreviewed=unreviewed, total=sum(by_ring.values()) + unreviewed),
        drift=DriftFigures(total=sum(by_kind.values()), by_kind=by_kind),
        documents=DocumentFigures(**{state: documents.get(state, 0) for state in ("ready", "pending", "failed", "gone")}),
        jobs=JobFigures(unfinished=unfinished, running=[JobOut.from_orm(job) for job in running]),
        activity=[
            ActivityOut(
                id=row.id,
                at=row.at,
                actor=ActorOut(kind=row.actor_kind, id=row.actor_id, name=row.actor_name),
                action=row.action,
                subject_kind=row.subject_kind,
                subject_id=row.subject_id,
            )
            for row in activity
        ],
    )


uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning", access_log=False)
